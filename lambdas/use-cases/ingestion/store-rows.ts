import { MINUTE_MS } from '../../../core/clock.ts';
import type { Source } from '../../../core/definitions/source.ts';
import type { Row, Value } from '../../../core/definitions/value-type.ts';
import { isRetryable, PlatformError } from '../../../core/errors.ts';
import { type CheckedRow, knownAtOf } from '../../../core/ingestion/check-row.ts';
import { runPrefix, sourceTable } from '../../../core/offline/table-layout.ts';
import type { SourceRow } from '../../../core/point-in-time/offline-row.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetBatch, ParquetFiles } from '../../ports/parquet-files.ts';
import type { OpenedRun, Run, TableLog } from '../../ports/table-log.ts';
import { abandonRun } from '../tables/abandon-run.ts';
import { plainValue } from '../tables/column-values.ts';
import type { RowLoad } from './bring-online.ts';
import { sourceParts } from './source-parts.ts';

/** Longer than a function that stores rows may run, so that a run whose lease has passed is surely dead. */
const LEASE_MS = 3 * MINUTE_MS;
const BUSY_TRIES = 20;
const BUSY_PAUSE_MS = 250;

export interface StoreRowsDeps {
  readonly objects: ObjectStore;
  readonly offlineBucket: string;
  readonly tables: TableLog;
  readonly parquet: ParquetFiles;
  readonly pause: (ms: number) => Promise<void>;
}

/** A row that was found good, and its place in what it came with, from 1. */
export interface PlacedRow {
  readonly checked: Extract<CheckedRow, { isGood: true }>;
  readonly seq: number;
}

export interface RowsToStore {
  /** Named by its cause: the same rows again have the same name. */
  readonly runId: string;
  /** At least one, and few enough for one file. */
  readonly rows: readonly PlacedRow[];
  /** Whether they are brought online as well. */
  readonly isServed: boolean;
  /** JSON-safe facts that are kept with the run. */
  readonly report: Readonly<Record<string, unknown>>;
}

export interface StoredRows {
  readonly load: RowLoad;
  /** As they lie offline: those of the run that was committed first, whatever was given this time. */
  readonly rows: readonly SourceRow[];
  /** The run had been committed before. */
  readonly isDuplicate: boolean;
}

/**
 * Writes rows offline as one run of their source's table; a run that was committed before is left as it is. What fails
 * leaves nothing behind.
 *
 * @throws TableBusyError while the rows of an attempt that was given up are being deleted
 */
export async function storeRows(deps: StoreRowsDeps, source: Source, ask: RowsToStore): Promise<StoredRows> {
  const { runId } = ask;
  const table = sourceTable(source.name);
  const opened = await openPatiently(deps, table, runId);
  if (opened.state === 'committed') return readStoredRows(deps, source, opened.run);
  const { loadedAtMs, isFirst } = opened;
  const own = { runId, loadedAtMs };
  try {
    for (const dead of opened.mustClean) await deps.objects.deleteAll(deps.offlineBucket, runPrefix(table, dead));
    // one file, written whole: an attempt before this one may have written it, and may still be writing it
    const parts = sourceParts(deps.objects, deps.parquet, {
      source,
      bucket: deps.offlineBucket,
      prefix: runPrefix(table, own),
      loadedAtMs,
      isHistory: isFirst,
      isServed: ask.isServed,
    });
    for (const { checked, seq } of ask.rows) await parts.add(checked, seq);
    const facts = await parts.finish();
    await deps.tables.commit(table, runId, { ...facts, materializedToMs: null, report: ask.report });
  } catch (error) {
    // no flow stands behind it that would clean up
    await abandonRun(deps, { table, runId, prefixes: [], reason: String(error) });
    throw error;
  }
  const load = { loadedAtMs, isFirst };
  return { load, rows: ask.rows.map((row) => sourceRow(source, row, load, ask.isServed)), isDuplicate: false };
}

/** A row as it is stored in a load. */
export function sourceRow(source: Source, { checked, seq }: PlacedRow, load: RowLoad, isServed: boolean): SourceRow {
  const { loadedAtMs, isFirst } = load;
  return {
    values: Object.fromEntries(source.columns.map(({ name }, i) => [name, checked.values[i] ?? null])),
    eventTimeMs: checked.eventTimeMs,
    knownAtMs: knownAtOf(checked, source, { isHistory: isFirst, loadedAtMs }),
    loadedAtMs,
    seq,
    servedAtMs: isServed ? loadedAtMs : null,
  };
}

/** The rows of a committed run, in their order. */
export async function readStoredRows(
  deps: Pick<StoreRowsDeps, 'objects' | 'offlineBucket' | 'parquet'>,
  source: Source,
  run: Run,
): Promise<StoredRows> {
  const rows: SourceRow[] = [];
  for (const { key } of await deps.objects.list(deps.offlineBucket, runPrefix(sourceTable(source.name), run))) {
    const file = await deps.parquet.open(await deps.objects.get({ bucket: deps.offlineBucket, key }));
    for await (const batch of file.batches()) rows.push(...rowsOf(source, batch));
  }
  return { load: { loadedAtMs: run.loadedAtMs, isFirst: run.isFirst }, rows, isDuplicate: true };
}

function rowsOf(source: Source, batch: ParquetBatch): readonly SourceRow[] {
  const column = (name: string) => batch.columns[name] ?? [];
  const time = (name: string, row: number) => Number(column(name)[row]);
  return Array.from({ length: batch.rows }, (_, row): SourceRow => {
    const cells = source.columns.map(({ name }): [string, Value] => [name, plainValue(column(name)[row])]);
    const servedAtMs = column('served_at_ms')[row] ?? null;
    return {
      values: Object.fromEntries(cells) satisfies Row,
      eventTimeMs: time('event_time_ms', row),
      knownAtMs: time('known_at_ms', row),
      loadedAtMs: time('loaded_at_ms', row),
      seq: time('seq', row),
      servedAtMs: servedAtMs === null ? null : Number(servedAtMs),
    };
  });
}

/** Stored rows are short work, so what meets a table that is being tidied up waits for it. */
async function openPatiently({ tables, pause }: StoreRowsDeps, table: string, runId: string): Promise<OpenedRun> {
  for (let tries = 1; ; tries++) {
    try {
      return await tables.open(table, runId, LEASE_MS, 'row-by-row');
    } catch (error) {
      const isBusy = error instanceof PlatformError && isRetryable(error.kind);
      if (!isBusy || tries === BUSY_TRIES) throw error;
      await pause(BUSY_PAUSE_MS);
    }
  }
}
