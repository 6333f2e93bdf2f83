import { describe, expect, it } from 'vitest';
import { featureCache } from '../../../core/serving/feature-cache.ts';
import type { PlannedView } from '../../../core/serving/serving-plan.ts';

const NOW = Date.UTC(2026, 2, 1);
const view = (ttlMs: number | null): PlannedView => ({
  entity: 'customer',
  joinKeys: ['customer_id'],
  view: 'v',
  version: '0'.repeat(12),
  ttlMs,
  columns: [],
  stream: null,
});
const item = (ageMs: number, bytes = 10) => ({ values: new Uint8Array(bytes), eventTimeMs: NOW - ageMs });
const MAX_AGE_MS = 30_000;

function kept(views: readonly PlannedView[], items: readonly (ReturnType<typeof item> | null)[]) {
  const cache = featureCache(1_000_000);
  cache.keep('a', { items, readAtMs: NOW }, views, MAX_AGE_MS);
  return cache;
}

describe('the feature cache', () => {
  it('gives what was read until it is as old as allowed, and then no more', () => {
    const items = [item(0), null];
    expect(kept([view(null), view(null)], items).find('a', NOW + MAX_AGE_MS - 1)).toMatchObject({
      items,
      readAtMs: NOW,
    });
    expect(kept([view(null), view(null)], items).find('a', NOW + MAX_AGE_MS)).toBeNull();
    expect(kept([view(null)], items).find('b', NOW)).toBeNull();
  });

  it('is bounded by the smallest remaining TTL: a value exactly as old as its TTL is the last one given', () => {
    const views = [view(null), view(10_000), view(60_000)];
    const items = [item(0), item(6_000), item(0)];
    expect(kept(views, items).find('a', NOW + 4_000)).not.toBeNull();
    expect(kept(views, items).find('a', NOW + 4_001)).toBeNull();
  });

  it('ends with a tile of a streamed view, where rows leave its windows', () => {
    const stream = { view: 'v', features: [], slots: [], inputs: [], tileMs: 20_000, longestMs: 20_000 };
    const cache = kept([{ ...view(null), stream }, view(null)], [item(0), item(0)]);
    expect(cache.find('a', NOW + 19_999)).not.toBeNull();
    expect(cache.find('a', NOW + 20_000)).toBeNull();
  });

  it('does not keep what is too old already, so that something newer is found at once', () => {
    const cache = kept([view(10_000)], [item(10_001)]);
    expect(cache.find('a', NOW)).toBeNull();
    expect(cache.sizeBytes()).toBe(0);
  });

  it('gives nothing from the future: a clock that was set back empties it', () => {
    expect(kept([view(null)], [item(0)]).find('a', NOW - 1)).toBeNull();
  });

  it('forgets what was unused for longest when memory is short', () => {
    const cache = featureCache(5_000);
    for (const key of ['a', 'b']) {
      cache.keep(key, { items: [item(0, 1_500)], readAtMs: NOW }, [view(null)], MAX_AGE_MS);
    }
    expect(cache.find('a', NOW)).not.toBeNull();
    cache.keep('c', { items: [item(0, 1_500)], readAtMs: NOW }, [view(null)], MAX_AGE_MS);
    expect(['a', 'b', 'c'].filter((key) => cache.find(key, NOW) !== null)).toEqual(['a', 'c']);
    expect(cache.sizeBytes()).toBeLessThanOrEqual(5_000);
    cache.keep('d', { items: [item(0, 9_000)], readAtMs: NOW }, [view(null)], MAX_AGE_MS);
    expect(cache.sizeBytes()).toBe(0);
  });
});
