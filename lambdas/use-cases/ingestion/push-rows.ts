import type { PushRequest, PushResponse } from '../../../contracts/api/feast.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { type Definitions, type ResolvedView, resolveView, sourceFor } from '../../../core/definitions/definitions.ts';
import { isAggregated } from '../../../core/definitions/feature-view.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { checkRow } from '../../../core/ingestion/check-row.ts';
import { keyPlaces } from '../../../core/ingestion/key-places.ts';
import { pushedRows } from '../../../core/ingestion/pushed-rows.ts';
import { setAsideRows } from '../../../core/quality/set-aside-rows.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import { type BringOnlineDeps, bringOnline } from './bring-online.ts';
import { countRows } from './count-rows.ts';
import { type PlacedRow, type StoreRowsDeps, sourceRow, storeRows } from './store-rows.ts';

export interface PushRowsDeps extends StoreRowsDeps, BringOnlineDeps {
  readonly definitions: Definitions;
  readonly versions: ViewVersions;
  readonly metrics: Metrics;
}

/**
 * Takes rows for a source: offline as one small run, online for the views that change with every row. The same content
 * (or the same idempotency key) again is stored once. Rows that do not fit are answered with the reason, the others stored.
 *
 * @throws InvalidInputError when no row fits, or nothing could be brought online where only that was asked
 * @throws TableBusyError while the rows of an attempt that was given up are being deleted
 */
export async function pushRows(
  deps: PushRowsDeps,
  ask: PushRequest,
  idempotencyKey: string | null,
): Promise<PushResponse> {
  const source = sourceFor(deps.definitions, ask.push_source_name);
  const versions = ask.to === 'offline' ? [] : (await deps.versions.live()).map(({ resolved }) => resolved);
  // what is not stored offline would be missing in the next base of the tiles
  const live = ask.to === 'online' ? versions.filter(({ view }) => view.stream === null) : versions;
  if (ask.to === 'online' && !live.some(({ view }) => view.source === source.name && !isAggregated(view))) {
    throw new InvalidInputError(
      `no feature view takes single rows of source "${source.name}" as they are, so a push cannot bring anything online alone; ` +
        'push with "to": "online_and_offline" for streamed views, with "to": "offline" and materialize for scheduled ones',
      { source: source.name },
    );
  }
  const { rows, ignored } = pushedRows(source, ask.df);
  const nowMs = deps.clock.now().getTime();
  const keys = keyPlaces(deps.definitions, source);
  const good: PlacedRow[] = [];
  const rejected: { row: number; reason: string }[] = [];
  for (const [place, cells] of rows.entries()) {
    const checked = checkRow(source, cells, nowMs, keys);
    if (checked.isGood) good.push({ checked, seq: place + 1 });
    else rejected.push({ row: place, reason: checked.reason });
  }
  if (good.length === 0) throw noneFits(source, rejected);

  const { load, rows: stored, isDuplicate } = await keep(deps, source, ask, idempotencyKey, good, nowMs);
  const online = ask.to === 'offline' ? null : await bringOnline(deps, source, live, stored, load);
  countRows(deps.metrics, source.name, {
    [isDuplicate ? 'RowsDuplicate' : 'RowsWritten']: good.length,
    RowsRejected: rejected.length,
  });
  const aside = setAsideRows(viewsOf(deps.definitions, source), stored);
  return {
    accepted: good.length,
    rejected,
    online,
    ignored_columns: [...ignored],
    set_aside: aside.map(({ seq, view, rules }) => ({ row: seq - 1, view, rules: [...rules] })),
  };
}

function viewsOf(definitions: Definitions, source: Source): readonly ResolvedView[] {
  const names = definitions.featureViews.filter((view) => view.source === source.name).map(({ name }) => name);
  return names.map((name) => resolveView(definitions, name));
}

/** Offline as one run, unless the rows are for the online store alone. */
async function keep(
  deps: PushRowsDeps,
  source: Source,
  ask: PushRequest,
  idempotencyKey: string | null,
  rows: readonly PlacedRow[],
  nowMs: number,
) {
  if (ask.to === 'online') {
    const load = { loadedAtMs: nowMs, isFirst: false };
    return { load, rows: rows.map((row) => sourceRow(source, row, load, true)), isDuplicate: false };
  }
  const cause = idempotencyKey ?? { source: source.name, df: ask.df, to: ask.to };
  return storeRows(deps, source, {
    runId: `push-${digestOf(cause).slice(0, 32)}`,
    rows,
    isServed: ask.to !== 'offline',
    report: { pushed: rows.length },
  });
}

function noneFits(source: Source, rejected: readonly { row: number; reason: string }[]): InvalidInputError {
  const first = rejected[0];
  return new InvalidInputError(
    `none of the ${rejected.length} rows fits source "${source.name}"; row ${first?.row}: ${first?.reason}`,
    { rejected: rejected.slice(0, 100) },
  );
}
