/** Which slice of a segment each test row belongs to. */
export interface SegmentRows {
  /** `view:feature`. */
  readonly segment: string;
  /** Names of the slices, for example `Female` or `[25, 40)`; null for rows without a value. */
  readonly slices: readonly (string | null)[];
  /** Position of the row's slice among them, one per test row. */
  readonly rows: readonly number[];
}

/** The test rows of one slice, or of two slices of different segments. */
export interface Slice {
  /** For example `people:sex = Female`. */
  readonly name: string;
  readonly rows: readonly number[];
}

/** Every slice of the segments, and with `pairs` those of each two of them that have rows. */
export function slicesOf(segments: readonly SegmentRows[], pairs: boolean): readonly Slice[] {
  const single = segments.flatMap((segment) => grouped(segment.rows, (row) => nameIn(segment, row)));
  if (!pairs) return single;
  const crossed = segments.flatMap((a, i) =>
    segments.slice(i + 1).flatMap((b) => grouped(a.rows, (row) => `${nameIn(a, row)} and ${nameIn(b, row)}`)),
  );
  return [...single, ...crossed];
}

function nameIn({ segment, slices, rows }: SegmentRows, row: number): string {
  return sliceName(segment, slices[rows[row]!] ?? null);
}

/** For example `people:sex = Female`, or `people:sex is missing`. */
export function sliceName(segment: string, slice: string | null): string {
  return slice === null ? `${segment} is missing` : `${segment} = ${slice}`;
}

/** In order of name. */
function grouped(rows: readonly number[], nameOf: (row: number) => string): readonly Slice[] {
  const found = new Map<string, number[]>();
  rows.forEach((_, row) => {
    const name = nameOf(row);
    const before = found.get(name);
    if (before === undefined) found.set(name, [row]);
    else before.push(row);
  });
  return [...found].map(([name, of]) => ({ name, rows: of })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
