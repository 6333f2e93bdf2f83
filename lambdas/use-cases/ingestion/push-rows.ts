import type { PushRequest, PushResponse } from '../../../contracts/api/feast.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { MINUTE_MS } from '../../../core/clock.ts';
import { type Definitions, sourceFor } from '../../../core/definitions/definitions.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { InvalidInputError, isRetryable, PlatformError } from '../../../core/errors.ts';
import { type CheckedRow, checkRow, knownAtOf } from '../../../core/ingestion/check-row.ts';
import { keyPlaces } from '../../../core/ingestion/key-places.ts';
import { rowLevelViews } from '../../../core/ingestion/online-rows.ts';
import { pushedRows } from '../../../core/ingestion/pushed-rows.ts';
import { runPrefix, sourceTable } from '../../../core/offline/table-layout.ts';
import type { SourceRow } from '../../../core/point-in-time/offline-row.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { OnlineStore } from '../../ports/online-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import type { OpenedRun, TableLog } from '../../ports/table-log.ts';
import { abandonRun } from '../tables/abandon-run.ts';
import { bringOnline, type RowLoad } from './bring-online.ts';
import { sourceParts } from './source-parts.ts';

const LEASE_MS = MINUTE_MS;
const BUSY_TRIES = 20;
const BUSY_PAUSE_MS = 250;

export interface PushRowsDeps {
  readonly definitions: Definitions;
  readonly objects: ObjectStore;
  readonly offlineBucket: string;
  readonly tables: TableLog;
  readonly online: OnlineStore;
  readonly parquet: ParquetFiles;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
}

type GoodRow = Extract<CheckedRow, { isGood: true }>;

/** A good row and its place in the lists, from 0. */
interface PlacedRow {
  readonly checked: GoodRow;
  readonly place: number;
}

/**
 * Takes rows for a source: offline as one small run, online for the views that change with every row. The same content
 * (or the same idempotency key) again is stored once. Rows that do not fit are answered with the reason, the others stored.
 *
 * @throws InvalidInputError when no row fits, or nothing could be brought online where only that was asked
 * @throws TableBusyError when the table stays held by another run
 */
export async function pushRows(
  deps: PushRowsDeps,
  ask: PushRequest,
  idempotencyKey: string | null,
): Promise<PushResponse> {
  const source = sourceFor(deps.definitions, ask.push_source_name);
  const views = ask.to === 'offline' ? [] : rowLevelViews(deps.definitions, source.name);
  if (ask.to === 'online' && views.length === 0) {
    throw new InvalidInputError(
      `no feature view changes with single rows of source "${source.name}", so a push cannot bring anything online; ` +
        'push with "to": "offline" and materialize',
      { source: source.name },
    );
  }
  const { rows, ignored } = pushedRows(source, ask.df);
  const nowMs = deps.clock.now().getTime();
  const keys = keyPlaces(deps.definitions, source);
  const good: PlacedRow[] = [];
  const rejected: { row: number; reason: string }[] = [];
  rows.forEach((cells, place) => {
    const checked = checkRow(source, cells, nowMs, keys);
    if (checked.isGood) good.push({ checked, place });
    else rejected.push({ row: place, reason: checked.reason });
  });
  if (good.length === 0) throw noneFits(source, rejected);

  const runId = `push-${digestOf(idempotencyKey ?? { source: source.name, df: ask.df, to: ask.to }).slice(0, 32)}`;
  const load =
    ask.to === 'online'
      ? { loadedAtMs: nowMs, isFirst: false }
      : await store(deps, source, runId, good, ask.to !== 'offline');
  const online =
    ask.to === 'offline' ? null : await bringOnline(deps, source, views, storedRows(source, good, load), load);
  return { accepted: good.length, rejected, online, ignored_columns: [...ignored] };
}

/** Writes the rows offline as one run; a run that was committed before is left as it is. */
async function store(
  deps: PushRowsDeps,
  source: Source,
  runId: string,
  good: readonly PlacedRow[],
  isServed: boolean,
): Promise<RowLoad> {
  const table = sourceTable(source.name);
  const opened = await openPatiently(deps, table, runId);
  if (opened.state === 'committed') return { loadedAtMs: opened.run.loadedAtMs, isFirst: isFirstRun(opened.run.facts) };

  const { loadedAtMs, isFirst } = opened;
  const own = { runId, loadedAtMs };
  try {
    for (const run of [...opened.mustClean, own]) {
      await deps.objects.deleteAll(deps.offlineBucket, runPrefix(table, run));
    }
    const parts = sourceParts(deps.objects, deps.parquet, {
      source,
      bucket: deps.offlineBucket,
      prefix: runPrefix(table, own),
      loadedAtMs,
      isHistory: isFirst,
      isServed,
    });
    for (const { checked, place } of good) await parts.add(checked, place + 1);
    const facts = await parts.finish();
    await deps.tables.commit(table, runId, {
      ...facts,
      materializedToMs: null,
      report: { pushed: facts.rows, isFirst },
    });
  } catch (error) {
    // a push has no flow behind it that would clean up
    await abandonRun(deps, { table, runId, prefixes: [], reason: String(error) });
    throw error;
  }
  return { loadedAtMs, isFirst };
}

function isFirstRun(facts: { readonly report: Readonly<Record<string, unknown>> } | null): boolean {
  return facts?.report['isFirst'] === true;
}

/** Pushes are short, so one that meets another waits for it. */
async function openPatiently({ tables, pause }: PushRowsDeps, table: string, runId: string): Promise<OpenedRun> {
  for (let tries = 1; ; tries++) {
    try {
      return await tables.open(table, runId, LEASE_MS, 'beside-others');
    } catch (error) {
      const isBusy = error instanceof PlatformError && isRetryable(error.kind);
      if (!isBusy || tries === BUSY_TRIES) throw error;
      await pause(BUSY_PAUSE_MS);
    }
  }
}

/** The rows as they are stored offline. */
function storedRows(source: Source, good: readonly PlacedRow[], load: RowLoad): readonly SourceRow[] {
  return good.map(({ checked, place }) => {
    const knownAtMs = knownAtOf(checked, source, { isHistory: load.isFirst, loadedAtMs: load.loadedAtMs });
    const values = Object.fromEntries(source.columns.map(({ name }, i) => [name, checked.values[i] ?? null]));
    const { loadedAtMs } = load;
    const { eventTimeMs } = checked;
    return { values, eventTimeMs, knownAtMs, loadedAtMs, seq: place + 1, servedAtMs: loadedAtMs };
  });
}

function noneFits(source: Source, rejected: readonly { row: number; reason: string }[]): InvalidInputError {
  const first = rejected[0];
  return new InvalidInputError(
    `none of the ${rejected.length} rows fits source "${source.name}"; row ${first?.row}: ${first?.reason}`,
    { rejected: rejected.slice(0, 100) },
  );
}
