import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { isAggregated } from '../../../core/definitions/feature-view.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { onlineRows } from '../../../core/ingestion/online-rows.ts';
import type { SourceRow } from '../../../core/point-in-time/offline-row.ts';
import { packRow } from '../../../core/serving/packed-row.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { OnlineItem, OnlineStore } from '../../ports/online-store.ts';

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
 * Brings rows of one load of a source online, for those of the live versions that are computed from it and change with
 * single rows. Scheduled aggregates are left alone: they change at their ticks. Safe to repeat.
 *
 * @param rows as they were stored offline, times included
 */
export async function bringOnline(
  { online }: BringOnlineDeps,
  source: Source,
  live: readonly ResolvedView[],
  rows: readonly SourceRow[],
  load: RowLoad,
): Promise<BroughtOnline> {
  const rowLevel = live.filter(({ view }) => view.source === source.name && !isAggregated(view));
  const items = onlineRows(rowLevel, rows, load).map(
    ({ resolved: { view, entity, version }, row }): OnlineItem => ({
      entity: entity.name,
      key: row.key,
      view: view.name,
      version,
      values: packRow(view.features, row.values),
      eventTimeMs: row.eventTimeMs,
      knownAtMs: row.knownAtMs,
      expiresAtMs: view.ttlMs === null ? null : row.eventTimeMs + view.ttlMs,
    }),
  );
  return online.write(items);
}
