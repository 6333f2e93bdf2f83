import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { byKey, type SourceRow } from '../../../core/point-in-time/offline-row.ts';
import { streamLayout } from '../../../core/streaming/stream-layout.ts';
import { streamRowOf } from '../../../core/streaming/stream-rows.ts';
import { applyRun } from '../../../core/streaming/stream-state.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { OnlineStore } from '../../ports/online-store.ts';
import { streamMarker, tilesAfter } from './stream-items.ts';

/**
 * Adds the rows of one committed run to the tiles of the entities they are about. A run that is in already changes
 * nothing, whenever it comes, so any part may be done again. Before the view was materialized first, tiles are kept
 * but not served: what was loaded before is missing in them.
 *
 * @param rows that take part in the view, as they were stored offline
 */
export async function addToTiles(
  { online, clock }: { readonly online: OnlineStore; readonly clock: Clock },
  resolved: ResolvedView,
  rows: readonly SourceRow[],
  loadedAtMs: number,
): Promise<{ readonly written: number; readonly stale: number }> {
  const layout = streamLayout(resolved);
  const { view, entity, version } = resolved;
  const entities = byKey(rows, (row) => view.keyColumns.map((column) => row.values[column] ?? null));
  if (layout === null || entities.length === 0) return { written: 0, stale: 0 };

  const isMaterialized = (await online.read([streamMarker(resolved)], [])).items[0] !== null;
  const rowOf = streamRowOf(resolved, layout);
  const changes = entities.map(({ key, rows: own }) => {
    const run = { loadedAtMs, rows: [...own].sort((a, b) => a.seq - b.seq).map(rowOf) };
    return tilesAfter(layout, { entity: entity.name, key, view: view.name, version }, (state) => {
      const next = applyRun(layout, state, run, clock.now().getTime());
      return isMaterialized ? { ...next, isComplete: true } : next;
    });
  });
  const { written, unchanged } = await online.update(changes);
  return { written, stale: unchanged };
}
