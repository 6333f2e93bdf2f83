import { floorTick } from '../offline/ticks.ts';
import type { StoredRow } from './served-values.ts';
import type { PlannedView } from './serving-plan.ts';

/** What was read for one entity: an item for each view of a plan, in its order. */
export interface ReadItems<Item extends StoredRow> {
  readonly items: readonly (Item | null)[];
  readonly readAtMs: number;
}

/** What the map, the list and the times of an entry take, roughly. */
const ENTRY_BYTES = 200;
const ITEM_BYTES = 200;

/**
 * Items that were read not long ago, by release and entity: another release never finds them. An entry is used for as
 * long as the policy says, and never beyond the instant at which the first of its values gets too old: something newer
 * may have come; nor beyond the end of a tile of a streamed view, where events of then would meet windows of now. One
 * that holds a value too old already is not kept. Those unused for longest go when memory is short.
 */
export interface FeatureCache<Item extends StoredRow> {
  find(key: string, nowMs: number): ReadItems<Item> | null;
  /** @param views of the plan, one for each item */
  keep(key: string, read: ReadItems<Item>, views: readonly PlannedView[], maxAgeMs: number): void;
  /** Bytes that the entries take, roughly. */
  sizeBytes(): number;
}

interface Entry<Item extends StoredRow> extends ReadItems<Item> {
  /** The first instant at which it may not be used any more. */
  readonly untilMs: number;
  readonly sizeBytes: number;
}

export function featureCache<Item extends StoredRow>(maxBytes: number): FeatureCache<Item> {
  /** The one used least lately first. */
  const entries = new Map<string, Entry<Item>>();
  let sizeBytes = 0;

  const drop = (key: string): void => {
    sizeBytes -= entries.get(key)?.sizeBytes ?? 0;
    entries.delete(key);
  };

  return {
    find(key, nowMs) {
      const entry = entries.get(key);
      if (entry === undefined) return null;
      if (nowMs >= entry.untilMs || nowMs < entry.readAtMs) {
        drop(key);
        return null;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry;
    },
    keep(key, { items, readAtMs }, views, maxAgeMs) {
      drop(key);
      const untilMs = Math.min(
        readAtMs + maxAgeMs,
        ...views.map((view, i) => changesAtMs(view, items[i] ?? null, readAtMs)),
      );
      if (untilMs <= readAtMs) return;
      const entry = { items, readAtMs, untilMs, sizeBytes: sizeOf(key, items) };
      entries.set(key, entry);
      sizeBytes += entry.sizeBytes;
      for (const oldest of entries.keys()) {
        if (sizeBytes <= maxBytes) break;
        drop(oldest);
      }
    },
    sizeBytes: () => sizeBytes,
  };
}

/** A value that is exactly as old as its TTL is still served; rows leave the windows of a streamed view with their tile. */
function changesAtMs({ ttlMs, stream }: PlannedView, item: StoredRow | null, readAtMs: number): number {
  if (stream !== null) return floorTick(readAtMs, stream.tileMs) + stream.tileMs;
  return item === null || ttlMs === null ? Number.POSITIVE_INFINITY : item.eventTimeMs + ttlMs + 1;
}

function sizeOf(key: string, items: readonly (StoredRow | null)[]): number {
  const ofItems = items.reduce((sum, item) => sum + (item === null ? 0 : ITEM_BYTES + item.values.byteLength), 0);
  return ENTRY_BYTES + 2 * key.length + ofItems;
}
