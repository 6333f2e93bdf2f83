import { type ObjectLocation, ObjectNotFoundError, type ObjectStore } from '../../lambdas/ports/object-store.ts';

export interface MemoryObjectStore extends ObjectStore {
  /** Keys of a bucket in byte order. */
  keys(bucket: string): readonly string[];
  /** What a URL of `uploadUrl` would accept. */
  upload(url: string, body: Uint8Array): Promise<void>;
}

export function memoryObjectStore(): MemoryObjectStore {
  const buckets = new Map<string, Map<string, Uint8Array>>();
  const bucketOf = (bucket: string) => {
    const there = buckets.get(bucket) ?? new Map<string, Uint8Array>();
    buckets.set(bucket, there);
    return there;
  };
  const keys = (bucket: string) => [...bucketOf(bucket).keys()].sort(byBytes);
  const get = async ({ bucket, key }: ObjectLocation) => {
    const body = bucketOf(bucket).get(key);
    if (body === undefined) throw new ObjectNotFoundError({ bucket, key });
    return body.slice();
  };

  return {
    keys,
    get,
    async put({ bucket, key }, body) {
      bucketOf(bucket).set(key, body.slice());
    },
    async putIfAbsent({ bucket, key }, body) {
      if (bucketOf(bucket).has(key)) return false;
      bucketOf(bucket).set(key, body.slice());
      return true;
    },
    async head({ bucket, key }) {
      const body = bucketOf(bucket).get(key);
      return body === undefined ? null : { key, sizeBytes: body.length };
    },
    async list(bucket, prefix, most) {
      const found = keys(bucket)
        .filter((key) => key.startsWith(prefix))
        .slice(0, most);
      return found.map((key) => ({ key, sizeBytes: bucketOf(bucket).get(key)!.length }));
    },
    async copy(from, to) {
      bucketOf(to.bucket).set(to.key, await get(from));
    },
    async deleteAll(bucket, prefix) {
      for (const key of keys(bucket)) if (key.startsWith(prefix)) bucketOf(bucket).delete(key);
    },
    async uploadUrl({ bucket, key }, sha256, sizeBytes, expiresInSeconds) {
      const url = `memory://${bucket}/${key}?sha256=${sha256}&size=${sizeBytes}&expires=${expiresInSeconds}`;
      return { url, headers: { 'content-length': String(sizeBytes) } };
    },
    async downloadUrl({ bucket, key }, expiresInSeconds) {
      return `memory://${bucket}/${key}?expires=${expiresInSeconds}`;
    },
    async upload(url, body) {
      const { hostname, pathname } = new URL(url);
      bucketOf(hostname).set(decodeURIComponent(pathname.slice(1)), body.slice());
    },
  };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
