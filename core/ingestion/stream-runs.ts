import { digestOf } from '../canonical-json.ts';
import type { Run, RunFacts } from '../offline/table-runs.ts';

/** Where a record lies in a stream. */
export interface StreamPlace {
  readonly streamArn: string;
  readonly shardId: string;
  /** Digits; larger is later in the shard. */
  readonly sequenceNumber: string;
}

/** Longer than every sequence number, so that text order is the order of the shard. */
const DIGITS = 60;

/** Names a record: those of one shard sort as the shard has them. */
export function recordId({ streamArn, shardId, sequenceNumber }: StreamPlace): string {
  return `${digestOf([streamArn, shardId]).slice(0, 16)}-${sequenceNumber.padStart(DIGITS, '0')}`;
}

/** The run that stores records of one source, up to and with the one at the place. */
export function streamRunId(last: StreamPlace): string {
  return `stream-${recordId(last)}`;
}

/** After every run of the shard, in text order. */
export function afterStreamRuns(place: StreamPlace): string {
  return streamRunId({ ...place, sequenceNumber: '~'.repeat(DIGITS) });
}

/** The run of records from one place to another of a shard: what is kept with it, so that it is known what it covers. */
export function streamRunReport(first: StreamPlace, last: StreamPlace, records: number): RunFacts['report'] {
  return { streamArn: last.streamArn, shardId: last.shardId, from: recordId(first), to: recordId(last), records };
}

/** Records of a shard, in its order, that belong to one run: one that is there already, or one to be made (null). */
export interface RunOfRecords<R> {
  readonly run: Run | null;
  readonly records: readonly R[];
}

/**
 * Divides records of one source and shard among the runs that stored them before; what lies between two of those is a
 * run to be made. So a record is stored once, however its shard is cut into batches, and in its order.
 *
 * @param records in the order of the shard
 * @param runs committed runs of the source that end at the first record or later
 */
export function dividedByRuns<R>(
  records: readonly R[],
  idOf: (record: R) => string,
  runs: readonly Run[],
): readonly RunOfRecords<R>[] {
  const spans = runs.map((run) => ({ run, ...spanOf(run) }));
  const divided: { run: Run | null; records: R[] }[] = [];
  for (const record of records) {
    const id = idOf(record);
    const run = spans.find(({ from, to }) => from <= id && id <= to)?.run ?? null;
    const last = divided.at(-1);
    if (last !== undefined && last.run === run) last.records.push(record);
    else divided.push({ run, records: [record] });
  }
  return divided;
}

function spanOf({ facts }: Run): { readonly from: string; readonly to: string } {
  const { from, to } = facts?.report ?? {};
  return { from: String(from), to: String(to) };
}
