import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ObjectStore } from '../../lambdas/adapters/aws/s3-object-store.ts';
import { createBucket } from '../../local/services/s3/bucket.ts';
import { makeS3Service } from '../../local/services/s3/service.ts';
import { type FakeEndpoint, fakeEndpoint } from '../local/fake-endpoint.ts';
import { type FakeRegion, fakeRegion } from '../local/fake-region.ts';
import { objectStoreContract } from './object-store.contract.ts';

describe('against the S3 of the laptop region', () => {
  let region: FakeRegion;
  let endpoint: FakeEndpoint;
  let s3: S3Client;
  let buckets = 0;

  beforeAll(async () => {
    region = fakeRegion();
    region.services.push(makeS3Service(region));
    endpoint = await fakeEndpoint(region);
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    s3 = new S3Client({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    s3.destroy();
    await endpoint.close();
    region.remove();
  });

  const make = async () => {
    const bucket = `bucket-${++buckets}`;
    createBucket(region, bucket, { hasEventBridge: false, encryptionHeaders: {} });
    return { store: s3ObjectStore(s3), bucket };
  };
  const upload = async (url: string, headers: Record<string, string>, body: Uint8Array) =>
    (await fetch(url, { method: 'PUT', headers, body: body.slice() })).ok;

  objectStoreContract('S3', make, async (_store, url, headers, body) => upload(url, headers, body));

  it('gives an object to the holder of its URL', async () => {
    const { store, bucket } = await make();
    const body = new TextEncoder().encode('the rows');
    await store.put({ bucket, key: 'set/part 0' }, body, 'text/plain');
    const url = await store.downloadUrl({ bucket, key: 'set/part 0' }, 60);
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(body);
  });

  it('does not take another file than the one the upload URL was made for', async () => {
    const { store, bucket } = await make();
    const { url, headers } = await store.uploadUrl({ bucket, key: 'landing/x' }, 'ab'.repeat(32), 5, 60);
    expect(await upload(url, headers, new TextEncoder().encode('other'))).toBe(false);
    expect(await store.head({ bucket, key: 'landing/x' })).toBeNull();
  });
});
