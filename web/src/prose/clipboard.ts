/** Puts a text where the visitor can paste it from; tells whether the browser let it: only a secure page has a clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
