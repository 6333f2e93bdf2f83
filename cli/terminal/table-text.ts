/** Lines of a table whose columns line up; numbers go to the right. Empty for no rows. */
export function tableLines(header: readonly string[], given: readonly (readonly string[])[]): readonly string[] {
  if (given.length === 0) return [];
  const rows = given.map((row) => row.map((cell) => cell.replaceAll(/\s*\n\s*/g, ' '))); // people write several lines
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const isNumeric = header.map((_, i) => rows.every((row) => /^[-\d.,%]*$/.test(row[i] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line)];
}
