const NEW_LINE = 10;

/** The rows of a file of encoded inputs: CSV without a header, `nan` for a missing value. */
export interface EncodedRows {
  readonly count: number;
  /** Numbers of one row; null is missing. Decoded when asked for, so a large file costs little more than its bytes. */
  row(index: number): readonly (number | null)[];
}

export function encodedRows(file: Uint8Array): EncodedRows {
  const decoder = new TextDecoder();
  const starts: number[] = [];
  for (let from = 0; from < file.length; ) {
    const end = endOfLine(file, from);
    if (end > from) starts.push(from);
    from = end + 1;
  }
  return {
    count: starts.length,
    row(index) {
      const start = starts[index]!;
      const cells = decoder.decode(file.subarray(start, endOfLine(file, start))).split(',');
      return cells.map((cell) => (cell === 'nan' ? null : Number(cell)));
    },
  };
}

function endOfLine(file: Uint8Array, from: number): number {
  const end = file.indexOf(NEW_LINE, from);
  return end < 0 ? file.length : end;
}
