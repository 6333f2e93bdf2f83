import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBucket } from '../../local/services/s3/bucket.ts';
import { putObject } from '../../local/services/s3/object-files.ts';
import { makeS3Service } from '../../local/services/s3/service.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { type FakeRegion, fakeRegion } from './fake-region.ts';

let region: FakeRegion;
let endpoint: FakeEndpoint;
let s3: S3Client;
const Bucket = 'many-keys';
const KEYS = Array.from({ length: 2_500 }, (_, i) => `day=${i % 5}/part-${String(i).padStart(5, '0')}`);

beforeAll(async () => {
  region = fakeRegion();
  region.services.push(makeS3Service(region));
  for (const name of [Bucket, 'uploads']) createBucket(region, name, { hasEventBridge: false, encryptionHeaders: {} });
  for (const key of KEYS) await putObject(region, Bucket, key, 'x');
  endpoint = await fakeEndpoint(region);
  s3 = new S3Client({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  s3.destroy();
  await endpoint.close();
  region.remove();
});

async function pages(input: object): Promise<{ sizes: number[]; keys: string[]; prefixes: string[] }> {
  const found = { sizes: [] as number[], keys: [] as string[], prefixes: [] as string[] };
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken, ...input }));
    found.sizes.push(page.KeyCount ?? -1);
    found.keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
    found.prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
}

describe('ListObjectsV2 over 2,500 keys', () => {
  it('gives every key once, in order, a thousand a page', async () => {
    expect(await pages({})).toEqual({ sizes: [1000, 1000, 500], keys: [...KEYS].sort(), prefixes: [] });
  });

  it('keeps to a prefix, which need not end at a folder', async () => {
    const expected = KEYS.filter((key) => key.startsWith('day=3/part-00')).sort();
    expect((await pages({ Prefix: 'day=3/part-00', MaxKeys: 70 })).keys).toEqual(expected);
    expect((await pages({ Prefix: 'day=9/' })).keys).toEqual([]);
  });

  it('folds folders into common prefixes, across pages too', async () => {
    const prefixes = [0, 1, 2, 3, 4].map((day) => `day=${day}/`);
    expect(await pages({ Delimiter: '/', MaxKeys: 2 })).toEqual({ sizes: [2, 2, 1], keys: [], prefixes });
    expect((await pages({ Delimiter: '-', Prefix: 'day=1/' })).prefixes).toEqual(['day=1/part-']);
  });

  it('starts after a key, inside a folder that is folded', async () => {
    const StartAfter = [...KEYS].sort()[1_234];
    expect((await pages({ StartAfter })).keys).toEqual([...KEYS].sort().slice(1_235));
    expect((await pages({ StartAfter, Delimiter: '/' })).prefixes).toEqual(['day=2/', 'day=3/', 'day=4/']);
  });

  it('refuses a token it did not give', async () => {
    await expect(pages({ ContinuationToken: '***' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('multipart uploads', () => {
  const target = { Bucket: 'uploads', Key: 'model/model.tar.gz' };
  const begin = async () =>
    (await s3.send(new CreateMultipartUploadCommand({ ...target, Metadata: { m: '1' } }))).UploadId;
  const part = async (UploadId: string | undefined, PartNumber: number, Body: Buffer) => ({
    PartNumber,
    ETag: (await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }))).ETag,
  });
  const complete = (UploadId: string | undefined, Parts: object[]) =>
    s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));

  it('joins the parts in order when it completes, and not before', async () => {
    const [first, second] = [randomBytes(5 * 1024 ** 2), Buffer.from('tail')];
    const id = await begin();
    const tail = await part(id, 2, second);
    const head = await part(id, 1, first);
    const listed = await s3.send(new ListPartsCommand({ ...target, UploadId: id }));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, first.length],
      [2, 4],
    ]);
    await expect(s3.send(new HeadObjectCommand(target))).rejects.toMatchObject({ name: 'NotFound' });
    expect((await complete(id, [head, tail])).ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const got = await s3.send(new GetObjectCommand(target));
    expect(got.Metadata).toEqual({ m: '1' });
    const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(Buffer.concat([first, second]))).toBe(true);
    await expect(complete(id, [head, tail])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('refuses small, unknown and disordered parts', async () => {
    const id = await begin();
    const one = await part(id, 1, Buffer.from('a'));
    const two = await part(id, 2, Buffer.from('b'));
    await expect(complete(id, [one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete(id, [two, one])).rejects.toMatchObject({ name: /InvalidPartOrder|EntityTooSmall/ });
    await expect(complete(id, [{ PartNumber: 3, ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
  });

  it('forgets an aborted upload', async () => {
    const id = await begin();
    await part(id, 1, Buffer.from('a'));
    await s3.send(new AbortMultipartUploadCommand({ ...target, UploadId: id }));
    await expect(s3.send(new ListPartsCommand({ ...target, UploadId: id }))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
  });
});
