import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { type CheckedRow, checkRow } from '../../../core/ingestion/check-row.ts';
import { keyPlaces } from '../../../core/ingestion/key-places.ts';
import { cellsOf, readStreamRow } from '../../../core/ingestion/stream-record.ts';
import {
  afterStreamRuns,
  dividedByRuns,
  recordId,
  type StreamPlace,
  streamRunId,
  streamRunReport,
} from '../../../core/ingestion/stream-runs.ts';
import { sourceTable } from '../../../core/offline/table-layout.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import { type BringOnlineDeps, bringOnline } from './bring-online.ts';
import type { StreamRecord } from './dead-letters.ts';
import { readStoredRows, type StoredRows, type StoreRowsDeps, storeRows } from './store-rows.ts';

export interface StoreStreamRowsDeps extends StoreRowsDeps, BringOnlineDeps {
  readonly definitions: Definitions;
  readonly versions: ViewVersions;
}

/** A record whose row may be stored. */
export interface GoodRecord {
  readonly record: StreamRecord;
  readonly source: Source;
  readonly checked: Extract<CheckedRow, { isGood: true }>;
}

export type JudgedRecord =
  | GoodRecord
  | { readonly record: StreamRecord; readonly source: string | null; readonly reason: string };

/**
 * Whether a record can be stored at all. The answer is the same whenever it is asked: an event counts as one of the
 * future by the time the record arrived.
 */
export function judgeRecord(
  { definitions }: Pick<StoreStreamRowsDeps, 'definitions'>,
  record: StreamRecord,
): JudgedRecord {
  const read = readStreamRow(textOf(record.data));
  if ('problem' in read) return { record, source: null, reason: read.problem };
  const source = definitions.sources.find(({ name }) => name === read.source);
  if (source === undefined) return { record, source: read.source, reason: 'no source of that name' };
  const checked = checkRow(source, cellsOf(source, read.row), record.arrivedAtMs, keyPlaces(definitions, source));
  return checked.isGood ? { record, source, checked } : { record, source: source.name, reason: checked.reason };
}

function textOf(data: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return null;
  }
}

/** How many records a call stored, and how many had been before. */
export interface StoredCount {
  readonly written: number;
  readonly duplicate: number;
}

/**
 * Stores records of one source and one shard, in their order, and brings them online. A record that was stored before,
 * in whatever batch, is left as it is; its run is brought online again, because what stored it may have died before.
 */
export async function storeStreamRows(
  deps: StoreStreamRowsDeps,
  source: Source,
  records: readonly GoodRecord[],
): Promise<StoredCount> {
  const table = sourceTable(source.name);
  const [first] = records;
  if (first === undefined) return { written: 0, duplicate: 0 };
  const live = (await deps.versions.live()).map(({ resolved }) => resolved);
  const last = records.at(-1) ?? first;
  const beyond = `${streamRunId(last.record)}~`;
  // a run that has one of these records ends among them, or is the first that ends beyond them
  const [inside, next] = await Promise.all([
    deps.tables.committedRuns(table, streamRunId(first.record), beyond, Number.POSITIVE_INFINITY),
    deps.tables.committedRuns(table, beyond, afterStreamRuns(last.record), 1),
  ]);
  const divided = dividedByRuns(records, ({ record }) => recordId(record), [...inside, ...next]);
  let [written, duplicate] = [0, 0];
  for (const { run, records: part } of divided) {
    const stored = run === null ? await storePart(deps, source, part) : await readStoredRows(deps, source, run);
    await bringOnline(deps, source, live, stored.rows, stored.load);
    if (stored.isDuplicate) duplicate += part.length;
    else written += part.length;
  }
  return { written, duplicate };
}

/** Stores one record that was left out of the run of its batch; named by the record, so that it is stored once. */
export async function storeLeftOutRow(deps: StoreStreamRowsDeps, good: GoodRecord): Promise<StoredCount> {
  const stored = await storeRows(deps, good.source, {
    runId: `letter-${recordId(good.record)}`,
    rows: [{ checked: good.checked, seq: 1 }],
    isServed: true,
    report: { letter: recordId(good.record) },
  });
  const live = (await deps.versions.live()).map(({ resolved }) => resolved);
  await bringOnline(deps, good.source, live, stored.rows, stored.load);
  return stored.isDuplicate ? { written: 0, duplicate: 1 } : { written: 1, duplicate: 0 };
}

function storePart(deps: StoreStreamRowsDeps, source: Source, part: readonly GoodRecord[]): Promise<StoredRows> {
  const [first, last]: readonly StreamPlace[] = [part[0]!.record, part.at(-1)!.record]; // a part has at least one record
  return storeRows(deps, source, {
    runId: streamRunId(last!),
    rows: part.map(({ checked }, i) => ({ checked, seq: i + 1 })),
    isServed: true,
    report: streamRunReport(first!, last!, part.length),
  });
}
