import type { Source } from '../../../core/definitions/source.ts';
import type { RawRow, RowReader } from '../../ports/row-reader.ts';
import { damageDetector, textBytes } from './text-bytes.ts';

const BATCH_ROWS = 5_000;
const MAX_LINE_BYTES = 1_048_576;
const MAX_IGNORED = 100;
const NEWLINE = 0x0a;

/** One JSON object per line, UTF-8. A member that is absent is missing; blank lines are no rows. */
export const jsonLinesRowReader: RowReader = {
  async open(source, bytes) {
    const data = textBytes(bytes, 'jsonl');
    const ignored = new Set<string>();
    return { ignoredColumns: () => [...ignored], batches: () => batches(source, data, ignored) };
  },
};

async function* batches(source: Source, data: Uint8Array, ignored: Set<string>): AsyncIterable<readonly RawRow[]> {
  const declared = new Set(source.columns.map(({ from }) => from));
  const isDamaged = damageDetector(data);
  const decoder = new TextDecoder();
  let batch: RawRow[] = [];
  let row = 0;
  for (let from = 0; from < data.length; ) {
    const newline = data.indexOf(NEWLINE, from);
    const to = newline === -1 ? data.length : newline;
    const line = decoder.decode(data.subarray(from, Math.min(to, from + MAX_LINE_BYTES))).trim();
    const isWhole = to - from <= MAX_LINE_BYTES;
    from = to + 1;
    if (line === '') continue;
    row++;
    batch.push(isWhole ? rowOf(row, line) : { row, problem: 'longer than 1 MiB', text: line });
    if (batch.length === BATCH_ROWS) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;

  function rowOf(row: number, text: string): RawRow {
    if (isDamaged(text)) return { row, problem: 'not valid UTF-8', text };
    const object = parseObject(text);
    if (object === null) return { row, problem: 'not a JSON object', text };
    for (const name of Object.keys(object)) {
      if (!declared.has(name) && ignored.size < MAX_IGNORED) ignored.add(name);
    }
    return { row, cells: source.columns.map(({ from }) => (Object.hasOwn(object, from) ? object[from] : null)) };
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null; // JSON objects have string keys alone
  } catch {
    return null;
  }
}
