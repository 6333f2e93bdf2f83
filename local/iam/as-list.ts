/** What may be written as one value or as a list of them, as a list; nothing is the empty list. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
