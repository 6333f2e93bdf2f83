import type { Random } from '../../../core/clock.ts';
import { NotFoundError } from '../../../core/errors.ts';

export type ReplayedRow = readonly (number | null)[];

const NEW_LINE = 10;

/**
 * Rows of a file of encoded inputs (CSV without a header, `nan` for a missing value), drawn with replacement, or all of
 * them when there are no more than wanted. Only what is drawn is decoded, so a large file costs little more than its bytes.
 *
 * @throws NotFoundError when the file holds no rows
 */
export function replayedRows(file: Uint8Array, uri: string, most: number, random: Random): readonly ReplayedRow[] {
  const starts: number[] = [];
  for (let from = 0; from < file.length; ) {
    const end = endOfLine(file, from);
    if (end > from) starts.push(from);
    from = end + 1;
  }
  if (starts.length === 0) throw new NotFoundError('row in', uri, null, 'the test part of the training set is empty');
  const decoder = new TextDecoder();
  const rowAt = (start: number) => parseRow(decoder.decode(file.subarray(start, endOfLine(file, start))));
  if (starts.length <= most) return starts.map(rowAt);
  return Array.from({ length: most }, () => rowAt(starts[Math.floor(random() * starts.length)]!));
}

function endOfLine(file: Uint8Array, from: number): number {
  const end = file.indexOf(NEW_LINE, from);
  return end < 0 ? file.length : end;
}

function parseRow(line: string): ReplayedRow {
  return line.split(',').map((cell) => (cell === 'nan' ? null : Number(cell)));
}
