const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z?)?$/;

/** Epoch milliseconds of an ISO 8601 day or instant in UTC; null when it is none (30 February included). */
export function parseTimestampLiteral(text: string): number | null {
  if (!ISO.test(text)) return null;
  const instant = text.length === 10 ? `${text}T00:00Z` : `${text.replace(' ', 'T').replace(/Z$/, '')}Z`;
  const value = Date.parse(instant);
  if (Number.isNaN(value) || new Date(value).toISOString().slice(0, 10) !== text.slice(0, 10)) return null;
  return value;
}
