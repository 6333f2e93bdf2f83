import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBucket } from '../../local/services/s3/bucket.ts';
import { objectPath } from '../../local/services/s3/object-files.ts';
import { makeS3Service } from '../../local/services/s3/service.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { type FakeRegion, fakeRegion, PERSON } from './fake-region.ts';

let region: FakeRegion;
let endpoint: FakeEndpoint;
let s3: S3Client;
const Bucket = 'shop-data';

beforeAll(async () => {
  region = fakeRegion();
  region.services.push(makeS3Service(region));
  createBucket(region, Bucket, {
    hasEventBridge: true,
    encryptionHeaders: { 'x-amz-server-side-encryption': 'AES256' },
  });
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

const put = (Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const text = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

describe('objects', () => {
  it('keeps body, metadata, content type and encryption, and lies at its plain path', async () => {
    const { ETag } = await put('a/b.txt', 'hello', { ContentType: 'text/plain', Metadata: { colour: 'red' } });
    expect(ETag).toBe(`"${createHash('md5').update('hello').digest('hex')}"`);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/b.txt' }));
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({
      ContentType: 'text/plain',
      Metadata: { colour: 'red' },
      ServerSideEncryption: 'AES256',
    });
    expect(readFileSync(`${region.stateDir}/s3/${Bucket}/a/b.txt`, 'utf8')).toBe('hello');
  });

  it('takes the framing off a streamed body with a trailing checksum', async () => {
    const bytes = Buffer.alloc(300_000, 'xyz');
    const Body = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: bytes.length }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'stream', ChecksumMode: 'ENABLED' }));
    expect(got.ChecksumCRC32).toMatch(/^.{6}==$/);
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  it.each([
    ['ChecksumSHA256', { ChecksumSHA256: 'AAAA' }],
    ['ChecksumCRC32C', { ChecksumCRC32C: 'AAAAAA==' }],
    ['ContentMD5', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
  ])('refuses a wrong %s with BadDigest and keeps nothing', async (_, checksum) => {
    await expect(put('bad-checksum', 'x', checksum)).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(text('bad-checksum')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('accepts the known CRC-32C of 123456789', async () => {
    // 0xe3069283: the check value of CRC-32C in Koopman's and RFC 3720's tables
    const ChecksumCRC32C = Buffer.from('e3069283', 'hex').toString('base64');
    expect(await put('crc32c', '123456789', { ChecksumCRC32C })).toMatchObject({ ChecksumCRC32C });
  });

  it('gives one of ten racing creators the key', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => put('once', `writer ${i}`, { IfNoneMatch: '*' })),
    );
    expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(1);
    const refused = tries.flatMap((t) => (t.status === 'rejected' ? [t.reason] : []));
    expect(refused.every((e) => e.name === 'PreconditionFailed' && e.$metadata.httpStatusCode === 412)).toBe(true);
  });

  it('replaces only the version that If-Match names', async () => {
    const { ETag } = await put('cas', 'one');
    await put('cas', 'two', { IfMatch: ETag });
    await expect(put('cas', 'three', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await text('cas')).toBe('two');
  });

  it('answers 206 for ranges without a checksum, 416 beyond the end and 304 for a known ETag', async () => {
    const { ETag } = await put('range', '0123456789');
    const ranged = async (Range: string) => {
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'range', Range, ChecksumMode: 'ENABLED' }));
      return [await got.Body?.transformToString(), got.ContentRange, got.$metadata.httpStatusCode];
    };
    expect(await ranged('bytes=2-4')).toEqual(['234', 'bytes 2-4/10', 206]);
    expect(await ranged('bytes=7-')).toEqual(['789', 'bytes 7-9/10', 206]);
    expect(await ranged('bytes=-3')).toEqual(['789', 'bytes 7-9/10', 206]);
    await expect(ranged('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'range', IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
  });

  it('heads, copies, tags and deletes', async () => {
    await put('from', 'body', { Metadata: { a: '1' }, Tagging: 'team=ml' });
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from` }));
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).toMatchObject({
      ContentLength: 4,
      Metadata: { a: '1' },
    });
    const TagSet = [{ Key: 'k&', Value: '<v>' }];
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'to', Tagging: { TagSet } }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'to' }))).TagSet).toEqual(TagSet);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'to' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'to' }));
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('serves presigned links', async () => {
    const up = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'signed' }), { expiresIn: 60 });
    expect((await fetch(up, { method: 'PUT', body: 'by link' })).status).toBe(200);
    const down = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'signed' }), { expiresIn: 60 });
    expect(await (await fetch(down)).text()).toBe('by link');
  });

  it('makes an object of a file that came without it', async () => {
    writeFileSync(`${dirname(objectPath(region, Bucket, 'a/b.txt'))}/by-duckdb.csv`, 'x,y\n');
    const found = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/by-duckdb.csv' }));
    expect(found).toMatchObject({ ContentLength: 4, ETag: `"${createHash('md5').update('x,y\n').digest('hex')}"` });
  });

  it('tells EventBridge of what it created', async () => {
    await put('event', 'abc');
    expect(region.events.at(-1)).toMatchObject({
      source: 'aws.s3',
      detailType: 'Object Created',
      detail: { bucket: { name: Bucket }, object: { key: 'event', size: 3 } },
    });
  });
});

describe('odd keys', () => {
  const keys = [
    'fd',
    'fd/x',
    '../../escape',
    'a//b',
    '/lead',
    'trail/',
    'dt=2020-01-01 00%3A00/ü 😀+&?#.csv',
    './dot',
    'nul\0byte',
    'esc␛e',
    `long/${'ä'.repeat(300)}/${'y'.repeat(300)}`,
  ];

  it.each(keys)('stores and lists %j beside the others', async (key) => {
    await put(key, `body of ${key}`);
    expect(await text(key)).toBe(`body of ${key}`);
    expect(objectPath(region, Bucket, key).startsWith(`${region.stateDir}/s3/${Bucket}/`)).toBe(true);
  });

  it('has them all in UTF-8 byte order', async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
    const listed = Contents.map(({ Key }) => decodeURIComponent(Key ?? ''));
    expect(listed).toEqual(expect.arrayContaining(keys));
    expect(listed).toEqual([...listed].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(existsSync(`${region.stateDir}/escape`) || existsSync(`${region.stateDir}/s3/escape`)).toBe(false);
  });

  it('keeps fd when fd/x comes and goes', async () => {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'fd/x' }));
    expect(await text('fd')).toBe('body of fd');
    expect(statSync(objectPath(region, Bucket, 'fd')).isFile()).toBe(true);
  });
});

describe('buckets', () => {
  it('answers head and location, and refuses a bucket that is not there', async () => {
    expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'us-east-1' });
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    await expect(s3.send(new ListObjectsV2Command({ Bucket: 'nobodys' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  it('deletes many at once and reports each refusal', async () => {
    await Promise.all(['many/1', 'many/2', 'many/3'].map((key) => put(key, 'x')));
    region.denied.add(`s3:DeleteObject arn:aws:s3:::${Bucket}/many/2`);
    const Objects = ['many/1', 'many/2', 'many/3', 'many/none'].map((Key) => ({ Key }));
    const result = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    region.denied.clear();
    expect(result.Deleted?.map(({ Key }) => Key)).toEqual(['many/1', 'many/3', 'many/none']);
    expect(result.Errors).toMatchObject([{ Key: 'many/2', Code: 'AccessDenied' }]);
    expect(await text('many/2')).toBe('x');
  });
});

describe('permissions', () => {
  it.each([
    ['s3:GetObject', () => text('a/b.txt')],
    ['s3:PutObject', () => put('denied', 'x')],
    ['s3:DeleteObject', () => s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/b.txt' }))],
    ['s3:ListBucket', () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/' }))],
    ['s3:PutObjectTagging', () => put('denied', 'x', { Tagging: 'a=b' })],
  ])('refuses a caller without %s', async (action, call) => {
    region.denied.add(action);
    await expect(call()).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    region.denied.clear();
  });

  it('asks for ListBucket with the prefix as a condition key', async () => {
    region.questions.length = 0;
    await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/' }));
    expect(region.questions).toMatchObject([
      { caller: PERSON, action: 's3:ListBucket', resource: `arn:aws:s3:::${Bucket}`, context: { 's3:prefix': 'a/' } },
    ]);
  });

  it('hides whether a key exists from who may not list', async () => {
    await expect(text('no/such')).rejects.toMatchObject({ name: 'NoSuchKey' });
    region.denied.add('s3:ListBucket');
    await expect(text('no/such')).rejects.toMatchObject({ name: 'AccessDenied' });
    region.denied.clear();
  });
});
