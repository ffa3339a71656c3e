/** Bytes, times and rates as a person reads them. */

const number = (value: number, digits: number) =>
  value.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** `98.4 MB`. */
export function bytes(count: number): string {
  const [unit, size] = count >= 1e9 ? (["GB", 1e9] as const) : (["MB", 1e6] as const);
  const value = count / size;
  return `${number(value, value < 99.95 ? 1 : 0)} ${unit}`;
}

/** `40 ms`, `0.4 s`, `8 s`, `3 min 20 s`, `1 h 5 min`. */
export function time(ms: number): string {
  if (ms < 95) {
    return `${number(Math.max(0, ms), 0)} ms`;
  }
  if (ms < 950) {
    return `${number(ms / 1000, 1)} s`;
  }
  const s = Math.round(ms / 1000);
  if (s < 60) {
    return `${s} s`;
  }
  return s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** `12.3 tokens/s`. */
export function speed(tokensPerSecond: number): string {
  return `${number(tokensPerSecond, tokensPerSecond < 99.95 ? 1 : 0)} tokens/s`;
}

/** `1 token`, `1,024 tokens`. */
export function tokens(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? "token" : "tokens"}`;
}
