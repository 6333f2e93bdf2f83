/** AWS gives instants as ISO 8601 in Step Functions and as epoch seconds or milliseconds elsewhere. */
export function jobInstant(value: string | number): Date {
  if (typeof value === 'string') return new Date(value);
  return new Date(value < 1e11 ? value * 1000 : value);
}
