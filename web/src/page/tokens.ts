/** Tokens of hubs: kept on this device where the visitor asks for it, each for the one hub it was given for. */

const key = (host: string) => `token for ${host}`;

/** The token that was kept for the hub at `host`, an origin. */
export function keptToken(host: string): string | undefined {
  try {
    return localStorage.getItem(key(host)) ?? undefined;
  } catch {
    // A browser may keep nothing for this page.
    return undefined;
  }
}

/** Keeps a token, or forgets the one that was kept. */
export function keepToken(host: string, token: string | undefined): void {
  try {
    if (token === undefined) {
      localStorage.removeItem(key(host));
    } else {
      localStorage.setItem(key(host), token);
    }
  } catch {
    // As above: the token serves until the page is left.
  }
}
