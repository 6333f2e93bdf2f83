/** `1,234,567`, the same on every machine. */
export function countText(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 row`, `2,000 rows`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${countText(value)} ${value === 1 ? one : many}`;
}

/** `0.8 s`, `12 s`, `3 min 5 s`. */
export function secondsText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** At most four decimals, without a tail of zeros. */
export function numberText(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** First digits of a digest, enough for people. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}
