import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBucket } from '../../local/services/s3/bucket.ts';
import { makeS3Service } from '../../local/services/s3/service.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { type FakeRegion, fakeRegion } from './fake-region.ts';

const DAY_MS = 86_400_000;
let region: FakeRegion;
let endpoint: FakeEndpoint;
let s3: S3Client;
const Bucket = 'audit';

beforeAll(async () => {
  region = fakeRegion();
  const service = makeS3Service(region);
  region.services.push(service);
  const provision = (name: string, rule: object) =>
    service.resources!['AWS::S3::Bucket']!.provision({
      stackName: 's',
      logicalId: name,
      generatedName: name,
      assemblyDir: '/',
      properties: {
        BucketName: name,
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: rule } },
      },
    });
  await provision(Bucket, { Mode: 'COMPLIANCE', Days: 2 });
  await provision('governed', { Mode: 'GOVERNANCE', Years: 1 });
  createBucket(region, 'plain', { hasEventBridge: false, encryptionHeaders: {} });
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

const put = (Key: string, more: object = {}, bucket = Bucket) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'kept', ...more }));
const isThere = async (Key: string, bucket = Bucket) =>
  (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString();

describe('an object under lock', () => {
  it('is kept for as long as its bucket says, and says so', async () => {
    await put('a');
    const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'a' }));
    expect(Retention?.Mode).toBe('COMPLIANCE');
    const days = (Retention!.RetainUntilDate!.getTime() - region.clock.now().getTime()) / DAY_MS;
    expect(days).toBeGreaterThan(1.9);
    expect(days).toBeLessThanOrEqual(2);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
    expect([head.ObjectLockMode, head.ObjectLockRetainUntilDate]).toEqual(['COMPLIANCE', Retention!.RetainUntilDate]);
  });

  it('is neither deleted nor written over nor copied over', async () => {
    await put('b');
    await put('other');
    const refused = { name: 'AccessDenied', message: expect.stringContaining('object protected by object lock') };
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: 'b' }))).rejects.toMatchObject(refused);
    await expect(put('b')).rejects.toMatchObject(refused);
    await expect(
      s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/other` })),
    ).rejects.toMatchObject(refused);
    const { Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'b' }] } }));
    expect(Errors).toMatchObject([{ Key: 'b', Code: 'AccessDenied' }]);
    expect(await isThere('b')).toBe('kept');
  });

  it('tells who wants to create it that it is there, before it tells of the lock', async () => {
    await put('c', { IfNoneMatch: '*' });
    await expect(put('c', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('is given up to who may bypass governance, and to nobody under compliance', async () => {
    await put('d');
    await put('d', {}, 'governed');
    const bypass = { BypassGovernanceRetention: true };
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: 'd', ...bypass }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(s3.send(new DeleteObjectCommand({ Bucket: 'governed', Key: 'd' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await s3.send(new DeleteObjectCommand({ Bucket: 'governed', Key: 'd', ...bypass }));
    await expect(isThere('d', 'governed')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('a lock of its own', () => {
  const soon = () => new Date(region.clock.now().getTime() + DAY_MS);

  it('takes the place of the bucket’s', async () => {
    const until = soon();
    until.setMilliseconds(0);
    await put('e', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until });
    const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'e' }));
    expect(Retention).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate: until });
  });

  it.each([
    ['half of it', () => ({ ObjectLockMode: 'GOVERNANCE' }), /must both be supplied/],
    [
      'a day that has passed',
      () => ({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(0) }),
      /future/,
    ],
    ['a mode that there is not', () => ({ ObjectLockMode: 'EVER', ObjectLockRetainUntilDate: soon() }), /wormMode/],
    ['a legal hold', () => ({ ObjectLockLegalHoldStatus: 'ON' }), /no legal holds/],
  ])('is refused with %s', async (_what, headers, reason) => {
    await expect(put('f', headers())).rejects.toThrow(reason);
  });

  it('is refused by a bucket without locks, whose objects have none to tell', async () => {
    const headers = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: soon() };
    await expect(put('g', headers, 'plain')).rejects.toThrow(/missing Object Lock Configuration/);
    await put('g', {}, 'plain');
    await expect(s3.send(new GetObjectRetentionCommand({ Bucket: 'plain', Key: 'g' }))).rejects.toMatchObject({
      name: 'NoSuchObjectLockConfiguration',
    });
  });

  it('needs a checksum, so that nothing broken is kept', async () => {
    const careless = new S3Client({
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      maxAttempts: 1,
    });
    await expect(careless.send(new PutObjectCommand({ Bucket, Key: 'h', Body: 'x' }))).rejects.toThrow(/Content-MD5/);
    careless.destroy();
  });
});
