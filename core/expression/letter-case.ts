/**
 * Case mapping as SQL does it: code point by code point, with Unicode's simple mappings, where JavaScript's are the full
 * ones, which may make two letters of one (ß would be SS). A letter without a simple mapping stays as it is.
 *
 * Engines may know letters of different versions of Unicode; those that were added in the last years may differ.
 * Source: Unicode Character Database, UnicodeData.txt (simple) against SpecialCasing.txt (full).
 * Checked by: test/property/letter-case.test.ts.
 */
export function upperText(text: string): string {
  return mapped(text, (one) => one.toUpperCase(), simpleUpper);
}

export function lowerText(text: string): string {
  return mapped(
    text,
    (one) => one.toLowerCase(),
    (code) => (code === 0x130 ? 0x69 : code), // the Turkish dotted I is the only letter whose full lower case is two
  );
}

function mapped(text: string, full: (one: string) => string, simple: (code: number) => number): string {
  return [...text]
    .map((one) => {
      const other = full(one);
      return [...other].length === 1 ? other : String.fromCodePoint(simple(one.codePointAt(0)!)); // it is one code point
    })
    .join('');
}

/** Greek letters with an iota below have a capital of their own, eight or nine places on. */
function simpleUpper(code: number): number {
  if (code >= 0x1f80 && code <= 0x1faf) return code | 8;
  return [0x1fb3, 0x1fc3, 0x1ff3].includes(code) ? code + 9 : code;
}
