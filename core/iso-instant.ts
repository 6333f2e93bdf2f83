/** An instant as JSON tells it, ISO 8601 in UTC; null stays null. */
export function isoInstant(instantMs: number | null): string | null {
  return instantMs === null ? null : new Date(instantMs).toISOString();
}
