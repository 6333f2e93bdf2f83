import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../lambdas/ports/object-store.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/**
 * Every ObjectStore must pass this; call it once per adapter.
 *
 * @param make a store and a bucket in it that nobody else uses
 * @param upload sends a body to the URL of `uploadUrl` and answers whether it was taken
 */
export function objectStoreContract(
  adapter: string,
  make: () => Promise<{ readonly store: ObjectStore; readonly bucket: string }>,
  upload: (store: ObjectStore, url: string, headers: Record<string, string>, body: Uint8Array) => Promise<boolean>,
): void {
  describe(`ObjectStore: ${adapter}`, () => {
    it('gives back the bytes that were put, and replaces them', async () => {
      const { store, bucket } = await make();
      await store.put({ bucket, key: 'a/b.txt' }, bytes('one'), 'text/plain');
      await store.put({ bucket, key: 'a/b.txt' }, bytes('two'), 'text/plain');
      expect(await store.get({ bucket, key: 'a/b.txt' })).toEqual(bytes('two'));
    });

    it('keeps keys with spaces, percent signs, plus signs and umlauts apart', async () => {
      const { store, bucket } = await make();
      const keys = ['a b', 'a%20b', 'a+b', 'ä/ß'];
      for (const key of keys) await store.put({ bucket, key }, bytes(key), 'text/plain');
      for (const key of keys) expect(await store.get({ bucket, key })).toEqual(bytes(key));
    });

    it('says when there is no such object', async () => {
      const { store, bucket } = await make();
      await expect(store.get({ bucket, key: 'no' })).rejects.toMatchObject({
        name: 'ObjectNotFoundError',
        kind: 'not-found',
      });
      expect(await store.head({ bucket, key: 'no' })).toBeNull();
      await expect(store.copy({ bucket, key: 'no' }, { bucket, key: 'yes' })).rejects.toMatchObject({
        kind: 'not-found',
      });
    });

    it('puts only once when the key has to be free', async () => {
      const { store, bucket } = await make();
      expect(await store.putIfAbsent({ bucket, key: 'k' }, bytes('first'), 'text/plain')).toBe(true);
      expect(await store.putIfAbsent({ bucket, key: 'k' }, bytes('second'), 'text/plain')).toBe(false);
      expect(await store.get({ bucket, key: 'k' })).toEqual(bytes('first'));
    });

    it('lists what lies under a prefix in byte order, and deletes it all', async () => {
      const { store, bucket } = await make();
      for (const key of ['p/10', 'p/2', 'p/1', 'q/1']) await store.put({ bucket, key }, bytes(key), 'text/plain');
      expect((await store.list(bucket, 'p/')).map(({ key }) => key)).toEqual(['p/1', 'p/10', 'p/2']);
      expect((await store.list(bucket, 'p/', 2)).map(({ key }) => key)).toEqual(['p/1', 'p/10']);
      expect((await store.list(bucket, 'p/'))[1]?.sizeBytes).toBe(4);
      await store.deleteAll(bucket, 'p/');
      await store.deleteAll(bucket, 'p/');
      expect(await store.list(bucket, '')).toHaveLength(1);
    });

    it('copies an object', async () => {
      const { store, bucket } = await make();
      await store.put({ bucket, key: 'from here' }, bytes('body'), 'text/plain');
      await store.copy({ bucket, key: 'from here' }, { bucket, key: 'to/there' });
      expect(await store.get({ bucket, key: 'to/there' })).toEqual(bytes('body'));
      expect(await store.head({ bucket, key: 'to/there' })).toEqual({ key: 'to/there', sizeBytes: 4 });
    });

    it('lets the holder of an upload URL put the object', async () => {
      const { store, bucket } = await make();
      const body = bytes('the file');
      const sha256 = createHash('sha256').update(body).digest('hex');
      const { url, headers } = await store.uploadUrl({ bucket, key: 'landing/x' }, sha256, body.length, 60);
      expect(await upload(store, url, { ...headers }, body)).toBe(true);
      expect(await store.get({ bucket, key: 'landing/x' })).toEqual(body);
    });
  });
}
