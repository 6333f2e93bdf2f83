/**
 * A number as the XGBoost image reads it; empty, `nan` and `NA` mean missing and give NaN.
 *
 * @returns undefined when the text is not a number, or is infinite
 */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || /^(nan|na)$/i.test(trimmed)) return Number.NaN;
  // Number() also takes 0x10 and 0b1, which no CSV means
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(Math.fround(value)) ? value : undefined;
}
