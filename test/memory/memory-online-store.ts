import { canonicalJson } from '../../core/canonical-json.ts';
import type { Route } from '../../core/release/route.ts';
import { refuseLargeItem } from '../../core/serving/online-item-size.ts';
import type { OnlineItem, OnlineKey, OnlineStore } from '../../lambdas/ports/online-store.ts';

export interface MemoryOnlineStore extends OnlineStore {
  /** Every item, in the order of first writing. */
  all(): readonly OnlineItem[];
  /** How many reads were made. */
  readCount(): number;
  /** How many keys they asked for. */
  keysRead(): number;
}

/** @param routeOf where routes of models come from; the registry's in tests that flip them */
export function memoryOnlineStore(routeOf: (model: string) => Route | null = () => null): MemoryOnlineStore {
  const items = new Map<string, OnlineItem>();
  let reads = 0;
  let asked = 0;
  const spell = ({ entity, key, view, version }: OnlineKey) => canonicalJson([entity, key, view, version]);
  const isOlder = (a: OnlineItem, b: OnlineItem) =>
    a.eventTimeMs < b.eventTimeMs || (a.eventTimeMs === b.eventTimeMs && a.knownAtMs < b.knownAtMs);

  return {
    all: () => [...items.values()],
    readCount: () => reads,
    keysRead: () => asked,
    async read(keys, models) {
      reads++;
      asked += keys.length;
      return { items: keys.map((key) => items.get(spell(key)) ?? null), routes: models.map(routeOf) };
    },
    async write(wanted) {
      wanted.forEach(refuseLargeItem);
      let stale = 0;
      for (const item of wanted) {
        const there = items.get(spell(item));
        if (there !== undefined && isOlder(item, there)) stale++;
        else items.set(spell(item), item);
      }
      return { written: wanted.length - stale, stale };
    },
    async update(changes) {
      let unchanged = 0;
      for (const { key, next } of changes) {
        const item = next(items.get(spell(key)) ?? null);
        if (item === null) unchanged++;
        else {
          refuseLargeItem(item);
          items.set(spell(item), item);
        }
      }
      return { written: changes.length - unchanged, unchanged };
    },
  };
}
