import { describe, expect, it } from 'vitest';
import type { OnlineItem, OnlineStore } from '../../lambdas/ports/online-store.ts';

const item = (over: Partial<OnlineItem> = {}): OnlineItem => ({
  entity: 'customer',
  key: ['c1'],
  view: 'spend',
  version: 'aaaaaaaaaaaa',
  values: new Uint8Array([1, 2, 3]),
  eventTimeMs: 1_000,
  knownAtMs: 2_000,
  expiresAtMs: null,
  ...over,
});

/** The item with one more 1 among its values. */
const lengthened = (of: OnlineItem, stored: OnlineItem | null): OnlineItem => ({
  ...of,
  values: new Uint8Array([...(stored?.values ?? []), 1]),
});

/** Every OnlineStore must pass this; call it once per adapter. `make` gives a store that nobody else uses. */
export function onlineStoreContract(adapter: string, make: () => OnlineStore | Promise<OnlineStore>): void {
  const readOne = async (store: OnlineStore, wanted: OnlineItem) => (await store.read([wanted], [])).items[0];

  describe(`OnlineStore: ${adapter}`, () => {
    it('gives back what was written, with every field', async () => {
      const store = await make();
      const items = [item(), item({ key: [7, 'x'], expiresAtMs: 90_000 })];
      expect(await store.write(items)).toEqual({ written: 2, stale: 0 });
      expect((await store.read(items, [])).items).toEqual(items);
    });

    it('answers in the order asked, absent items as null, a key asked twice twice', async () => {
      const store = await make();
      await store.write([item()]);
      const { items } = await store.read([item({ key: ['nobody'] }), item(), item()], []);
      expect(items.map((one) => one?.key ?? null)).toEqual([null, ['c1'], ['c1']]);
    });

    it('keeps keys apart that would be equal as joined text', async () => {
      const store = await make();
      await store.write([item({ key: ['1', '23'] }), item({ key: ['12', '3'], values: new Uint8Array([9]) })]);
      expect((await readOne(store, item({ key: ['1', '23'] })))?.values).toEqual(new Uint8Array([1, 2, 3]));
      expect(await readOne(store, item({ key: [1, 23] }))).toBeNull();
    });

    it('keeps versions of a view apart', async () => {
      const store = await make();
      await store.write([item()]);
      expect(await readOne(store, item({ version: 'bbbbbbbbbbbb' }))).toBeNull();
    });

    it('never lets an older item replace a newer one: event time first, then knowledge time', async () => {
      const store = await make();
      await store.write([item()]);
      expect(await store.write([item({ eventTimeMs: 999, knownAtMs: 9_999 })])).toEqual({ written: 0, stale: 1 });
      expect(await store.write([item({ knownAtMs: 1_999 })])).toEqual({ written: 0, stale: 1 });
      expect(await store.write([item({ knownAtMs: 2_001 })])).toEqual({ written: 1, stale: 0 });
      expect(await store.write([item({ eventTimeMs: 1_001, knownAtMs: 1 })])).toEqual({ written: 1, stale: 0 });
      expect(await readOne(store, item())).toMatchObject({ eventTimeMs: 1_001, knownAtMs: 1 });
    });

    it('refuses an item that is too large, and writes none of those beside it', async () => {
      const store = await make();
      const large = item({ key: ['c2'], values: new Uint8Array(400_001) });
      await expect(store.write([item(), large])).rejects.toThrow('for customer ["c2"] take 400001 bytes');
      expect(await readOne(store, item())).toBeNull();
      const longest = item({ key: ['x'.repeat(1_996)], values: new Uint8Array(400_000) });
      expect(await store.write([longest])).toEqual({ written: 1, stale: 0 });
    });

    it('may be told the same again', async () => {
      const store = await make();
      expect(await store.write([item()])).toEqual({ written: 1, stale: 0 });
      expect(await store.write([item()])).toEqual({ written: 1, stale: 0 });
    });

    it('answers more keys than one request of the store carries', async () => {
      const store = await make();
      const items = Array.from({ length: 230 }, (_, i) => item({ key: [i] }));
      await store.write(items);
      const answer = await store.read([...items, item({ key: [-1] })], []);
      expect(answer.items.map((one) => one?.key[0] ?? null)).toEqual([...items.map(({ key }) => key[0]), null]);
    });

    it('changes items from what is there, and leaves those that do not change', async () => {
      const store = await make();
      await store.write([item({ values: new Uint8Array([1]) })]);
      const more = { key: item(), next: (stored: OnlineItem | null) => lengthened(item(), stored) };
      const none = { key: item({ key: ['c2'] }), next: () => null };
      expect(await store.update([more, none])).toEqual({ written: 1, unchanged: 1 });
      expect((await readOne(store, item()))?.values).toEqual(new Uint8Array([1, 1]));
      expect(await readOne(store, none.key)).toBeNull();
      const fresh = item({ key: ['c3'], expiresAtMs: 90_000 });
      await store.update([{ key: fresh, next: (stored) => (stored === null ? fresh : null) }]);
      expect(await readOne(store, fresh)).toEqual(fresh);
    });

    it('loses no change of many that are made at once', async () => {
      const store = await make();
      const keys = Array.from({ length: 3 }, (_, i) => item({ key: [i], values: new Uint8Array(0) }));
      const changeAll = () => store.update(keys.map((key) => ({ key, next: (stored) => lengthened(key, stored) })));
      await Promise.all(Array.from({ length: 6 }, changeAll));
      for (const key of keys) expect((await readOne(store, key))?.values).toEqual(new Uint8Array(6).fill(1));
    });

    it('changes more items than one request of the store carries', async () => {
      const store = await make();
      const items = Array.from({ length: 230 }, (_, i) => item({ key: [i] }));
      const answer = await store.update(items.map((key) => ({ key, next: () => key })));
      expect(answer).toEqual({ written: 230, unchanged: 0 });
      expect((await store.read(items, [])).items).toEqual(items);
    });

    it('refuses to make an item too large', async () => {
      const store = await make();
      const large = item({ values: new Uint8Array(400_001) });
      await expect(store.update([{ key: large, next: () => large }])).rejects.toThrow('take 400001 bytes');
      expect(await readOne(store, item())).toBeNull();
    });

    it('answers nothing to nothing', async () => {
      expect(await (await make()).read([], [])).toEqual({ items: [], routes: [] });
    });

    it('answers the route of an unknown model as null', async () => {
      expect((await (await make()).read([], ['nobody'])).routes).toEqual([null]);
    });
  });
}
