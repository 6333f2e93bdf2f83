import { type FeatureView, isAggregated } from '../definitions/feature-view.ts';
import type { TableHead } from './table-state.ts';

/**
 * Event time of the newest event that the view's online values reflect, as the logs of runs tell; null before anything
 * is online. It is not when something was last computed: a view that is computed over and over from a source that gets
 * no events grows old.
 *
 * Aggregates at ticks reflect the source's events up to the newest tick, streamed ones all of them. A row-level view
 * reflects the rows that were materialized; rows pushed since then count with the next materialization.
 */
export function newestServedMs(view: FeatureView, ofView: TableHead, ofSource: TableHead): number | null {
  if (ofView.onlineToMs === 0) return null;
  if (!isAggregated(view)) return ofView.newestEventTimeMs;
  const newestMs = ofSource.newestEventTimeMs;
  if (view.stream !== null || newestMs === null) return newestMs;
  return ofView.materializedToMs === null ? null : Math.min(newestMs, ofView.materializedToMs);
}
