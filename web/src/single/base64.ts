/** Bytes in a text. */

/** What newer browsers have. */
interface Decoder {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

/** The bytes that a text in base64 stands for. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const decoder = Uint8Array as Decoder;
  if (decoder.fromBase64) {
    return decoder.fromBase64(base64);
  }
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = characters.charCodeAt(i);
  }
  return bytes;
}
