import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { isAggregated } from '../../../core/definitions/feature-view.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { onlineRows } from '../../../core/ingestion/online-rows.ts';
import type { SourceRow } from '../../../core/point-in-time/offline-row.ts';
import { admission } from '../../../core/quality/admission.ts';
import { onlineExpiryMs } from '../../../core/serving/online-expiry.ts';
import { packRow } from '../../../core/serving/packed-row.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { OnlineItem, OnlineStore } from '../../ports/online-store.ts';
import { addToTiles } from '../streaming/add-to-tiles.ts';

export interface BringOnlineDeps {
  readonly online: OnlineStore;
  readonly clock: Clock;
}

/** When the rows entered, and whether they were the first of their source, so that they count as history. */
export interface RowLoad {
  readonly loadedAtMs: number;
  readonly isFirst: boolean;
}

/** How many items were written, and how many would have been older than what is there. */
export interface BroughtOnline {
  readonly written: number;
  readonly stale: number;
}

/**
 * Brings rows of one committed load of a source online, for those of the live versions that are computed from it and
 * change with single rows: row-level views and streamed aggregates. Scheduled aggregates are left alone: they change at
 * their ticks. Rows that break a quarantine rule of a view take no part in it. Safe to repeat.
 *
 * @param rows as they were stored offline, times included
 */
export async function bringOnline(
  deps: BringOnlineDeps,
  source: Source,
  live: readonly ResolvedView[],
  rows: readonly SourceRow[],
  load: RowLoad,
): Promise<BroughtOnline> {
  const ofSource = live.filter(({ view }) => view.source === source.name);
  const rowLevel = ofSource.filter(({ view }) => !isAggregated(view));
  const done = [await deps.online.write(newestItems(rowLevel, rows, load, deps.clock.now().getTime()))];
  for (const resolved of ofSource.filter(({ view }) => view.stream !== null)) {
    const brokenRules = admission(resolved);
    const admitted = rows.filter(({ values }) => brokenRules(values).length === 0);
    done.push(await addToTiles(deps, resolved, admitted, load.loadedAtMs));
  }
  return done.reduce((sum, { written, stale }) => ({ written: sum.written + written, stale: sum.stale + stale }));
}

/** The newest row of each entity, for each view; rows that break a quarantine rule are left out by `onlineRows`. */
function newestItems(
  views: readonly ResolvedView[],
  rows: readonly SourceRow[],
  load: RowLoad,
  nowMs: number,
): readonly OnlineItem[] {
  return onlineRows(views, rows, load).map(
    ({ resolved: { view, entity, version }, row }): OnlineItem => ({
      entity: entity.name,
      key: row.key,
      view: view.name,
      version,
      values: packRow(view.features, row.values),
      eventTimeMs: row.eventTimeMs,
      knownAtMs: row.knownAtMs,
      expiresAtMs: onlineExpiryMs(view.ttlMs, row.eventTimeMs, nowMs),
    }),
  );
}
