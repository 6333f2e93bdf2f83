import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { readBase } from '../../../core/streaming/read-base.ts';
import type { StreamLayout } from '../../../core/streaming/stream-layout.ts';
import { applyBase } from '../../../core/streaming/stream-state.ts';
import type { OnlineStore } from '../../ports/online-store.ts';
import type { ParquetBatch } from '../../ports/parquet-files.ts';
import { streamMarker, tilesAfter } from '../streaming/stream-items.ts';
import { columnOf, plainValue } from '../tables/column-values.ts';

/** Rows `from` to before `to` of a batch. */
export interface BatchPart {
  readonly batch: ParquetBatch;
  readonly from: number;
  readonly to: number;
}

/** Puts the exported tiles of entities below the runs that came since. Safe to repeat. */
export async function writeBases(
  online: OnlineStore,
  resolved: ResolvedView,
  layout: StreamLayout,
  { batch, from, to }: BatchPart,
  baseToMs: number,
  nowMs: number,
): Promise<{ readonly written: number; readonly stale: number }> {
  const { view, entity, version } = resolved;
  const column = (name: string) => columnOf(batch, name, `the export of view ${view.name}`);
  const keys = entity.joinKeys.map(({ name }) => column(name));
  const [newest, tiles, events] = [column('hg_newest'), column('hg_tiles'), column('hg_events')];
  const changes = Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    const exported = {
      newestMs: newest[row] === null ? null : Number(newest[row]),
      tiles: String(tiles[row] ?? ''),
      events: String(events[row] ?? ''),
    };
    const base = readBase(layout, baseToMs, exported);
    const key = {
      entity: entity.name,
      key: keys.map((values) => plainValue(values[row]) as string | number), // the export leaves out incomplete keys
      view: view.name,
      version,
    };
    return tilesAfter(layout, key, (state) => applyBase(layout, state, base, nowMs));
  });
  const { written, unchanged } = await online.update(changes);
  return { written, stale: unchanged };
}

/** Says that every entity with rows has a base, so that the tiles of a new one are all there is of it. */
export async function markComplete(online: OnlineStore, resolved: ResolvedView, baseToMs: number): Promise<void> {
  await online.write([
    {
      ...streamMarker(resolved),
      values: new Uint8Array(),
      eventTimeMs: baseToMs,
      knownAtMs: baseToMs,
      expiresAtMs: null,
    },
  ]);
}
