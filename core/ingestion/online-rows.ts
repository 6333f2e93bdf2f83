import type { ResolvedView } from '../definitions/definitions.ts';
import { EARLIEST_MS, LATEST_MS } from '../offline/materialization-run.ts';
import { computeViewRows } from '../point-in-time/compute-view-rows.ts';
import { byKey, latest, type SourceRow, type ViewRow } from '../point-in-time/offline-row.ts';

/** A view's newest row of one entity. */
export interface OnlineRow {
  readonly resolved: ResolvedView;
  readonly row: ViewRow;
}

/** The newest row of each entity among the pushed rows, for each view. */
export function onlineRows(
  views: readonly ResolvedView[],
  rows: readonly SourceRow[],
  load: { readonly loadedAtMs: number; readonly isFirst: boolean },
): readonly OnlineRow[] {
  const run = { fromMs: EARLIEST_MS, toMs: LATEST_MS, loadedFromMs: EARLIEST_MS, watermarkMs: LATEST_MS, ...load };
  return views.flatMap((resolved) =>
    byKey(computeViewRows(resolved, rows, run), ({ key }) => key).map((entity) => ({
      resolved,
      row: latest(entity.rows)!, // a group has at least one row
    })),
  );
}
