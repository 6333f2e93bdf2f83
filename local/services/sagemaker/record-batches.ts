import { readLines } from '../../containers/xgboost/data/read-lines.ts';

/** One request's worth of input records. */
export interface Batch {
  readonly records: readonly string[];
}

/**
 * Cuts a file into requests of whole lines.
 *
 * @param maxBytes a request holds as many lines as fit; one when `single`
 * @throws Error when one line alone is over the limit
 */
export function* lineBatches(file: string, maxBytes: number, single: boolean): Generator<Batch> {
  let records: string[] = [];
  let size = 0;
  for (const line of readLines(file)) {
    if (line === '') continue;
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes > maxBytes) throw new Error(`a record of ${bytes} bytes is over MaxPayloadInMB`);
    if (records.length > 0 && (single || size + bytes > maxBytes)) {
      yield { records };
      records = [];
      size = 0;
    }
    records.push(line);
    size += bytes;
  }
  if (records.length > 0) yield { records };
}
