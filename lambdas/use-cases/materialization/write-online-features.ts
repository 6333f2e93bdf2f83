import type { WriteOnlineRequest } from '../../../contracts/materialization-flow.ts';
import { MINUTE_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { BugError } from '../../../core/errors.ts';
import { onlineExpiryMs } from '../../../core/serving/online-expiry.ts';
import { packRow } from '../../../core/serving/packed-row.ts';
import { streamLayout } from '../../../core/streaming/stream-layout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { OnlineItem, OnlineStore } from '../../ports/online-store.ts';
import type { ParquetBatch, ParquetFiles } from '../../ports/parquet-files.ts';
import type { TableLog } from '../../ports/table-log.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import { columnOf, plainValue } from '../tables/column-values.ts';
import { liveVersion } from '../versions/live-version.ts';
import { markComplete, writeBases } from './write-bases.ts';

/** Well under the longest a function may run, so that a part is always finished and its place handed on. */
const BUDGET_MS = 10 * MINUTE_MS;
const ITEMS_PER_WRITE = 1_000;

export interface WriteOnlineDeps {
  readonly versions: ViewVersions;
  readonly tables: TableLog;
  readonly objects: Pick<ObjectStore, 'list' | 'get'>;
  readonly online: OnlineStore;
  readonly parquet: ParquetFiles;
  readonly clock: Clock;
  readonly offlineBucket: string;
}

export interface WrittenOnline {
  readonly done: boolean;
  /** Where to go on; null when done. */
  readonly cursor: WriteOnlineRequest['cursor'];
  readonly written: number;
  /** Rows older than what the online store holds already. */
  readonly stale: number;
}

/**
 * Writes exported rows to the online store until they are all there or the time is nearly up. A row older than what is
 * there never replaces it, so any part may be written again.
 */
export async function writeOnlineFeatures(deps: WriteOnlineDeps, ask: WriteOnlineRequest): Promise<WrittenOnline> {
  const { online, cursor } = ask;
  if (online.action === 'nothing') throw new BugError('asked to write online where nothing was planned');
  const { resolved } = await liveVersion(deps.versions, online.view, online.version);
  const layout = streamLayout(resolved);
  const bucket = deps.offlineBucket;
  const untilMs = deps.clock.now().getTime() + BUDGET_MS;
  let [written, stale] = [0, 0];
  for (const { key } of await deps.objects.list(bucket, online.prefix)) {
    if (cursor !== null && key < cursor.key) continue;
    const fromRow = key === cursor?.key ? cursor.row : 0;
    const file = await deps.parquet.open(await deps.objects.get({ bucket, key }));
    for await (const batch of file.batches(undefined, fromRow)) {
      for (let row = 0; row < batch.rows; row += ITEMS_PER_WRITE) {
        const nowMs = deps.clock.now().getTime();
        if (nowMs >= untilMs) return { done: false, cursor: { key, row: batch.firstRow + row }, written, stale };
        const to = Math.min(row + ITEMS_PER_WRITE, batch.rows);
        const part =
          layout === null
            ? await deps.online.write(itemsOf(resolved, batch, row, to, nowMs))
            : await writeBases(deps.online, resolved, layout, { batch, from: row, to }, online.loadedAtMs, nowMs);
        written += part.written;
        stale += part.stale;
      }
    }
  }
  if (layout !== null) await markComplete(deps.online, resolved, online.loadedAtMs);
  await deps.tables.advanceOnline(online.table, online.loadedAtMs);
  return { done: true, cursor: null, written, stale };
}

function itemsOf(resolved: ResolvedView, batch: ParquetBatch, from: number, to: number, nowMs: number): OnlineItem[] {
  const { view, entity, version } = resolved;
  const column = (name: string) => columnOf(batch, name, `the export of view ${view.name}`);
  const keys = entity.joinKeys.map(({ name }) => column(name));
  const features = view.features.map(({ name }) => column(name));
  const [eventTimes, knownAts] = [column('event_time_ms'), column('known_at_ms')];
  return Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    const eventTimeMs = Number(eventTimes[row]);
    return {
      entity: entity.name,
      key: keys.map((values) => plainValue(values[row]) as string | number), // the export leaves out incomplete keys
      view: view.name,
      version,
      values: packRow(
        view.features,
        features.map((values) => plainValue(values[row])),
      ),
      eventTimeMs,
      knownAtMs: Number(knownAts[row]),
      expiresAtMs: onlineExpiryMs(view.ttlMs, eventTimeMs, nowMs),
    };
  });
}
