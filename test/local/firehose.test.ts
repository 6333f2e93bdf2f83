import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LocalService, RegionClock } from '../../local/service.ts';
import { makeFirehoseService } from '../../local/services/firehose/service.ts';
import { makeGlueService } from '../../local/services/glue/service.ts';
import { createBucket } from '../../local/services/s3/bucket.ts';
import { listObjects } from '../../local/services/s3/listing.ts';
import { objectPath } from '../../local/services/s3/object-files.ts';
import { fakeEndpoint } from './fake-endpoint.ts';
import { type FakeRegion, fakeRegion, PERSON } from './fake-region.ts';

const ROLE = 'arn:aws:iam::000000000000:role/delivery';
const DAY = new Date('2026-03-05T06:07:08Z');
const left: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of left.splice(0).reverse()) await undo();
});

/** A clock that stands still; `pass` ends every sleep. */
function stillClock(): RegionClock & { pass(): void } {
  const wakers = new Set<() => void>();
  return {
    now: () => DAY,
    speed: 1,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        wakers.add(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
    pass: () => {
      for (const wake of wakers) wake();
      wakers.clear();
    },
  };
}

async function setUp(destination: object = {}, stateDir?: string) {
  const clock = stillClock();
  const region = fakeRegion(stateDir === undefined ? { clock } : { clock, stateDir });
  const firehose = makeFirehoseService(region);
  const glue = makeGlueService(region);
  region.services.push(firehose, glue);
  createBucket(region, 'log', { hasEventBridge: false, encryptionHeaders: {} });
  const resource = { stackName: 's', logicalId: 'Stream', generatedName: 'predictions', assemblyDir: '/' };
  const provision = (more: object) =>
    firehose.resources!['AWS::KinesisFirehose::DeliveryStream']!.provision({
      ...resource,
      properties: {
        ExtendedS3DestinationConfiguration: {
          BucketARN: 'arn:aws:s3:::log',
          RoleARN: ROLE,
          Prefix: 'p/dt=!{timestamp:yyyy-MM-dd}/',
          ...more,
        },
      },
    });
  await provision(destination);
  await firehose.resume!();
  return { region, clock, firehose, glue, provision };
}

function put(region: FakeRegion, ...records: string[]): Promise<Record<string, unknown>> {
  const Records = records.map((record) => ({ Data: Buffer.from(record).toString('base64') }));
  return region.invoke('firehose', 'PutRecordBatch', { DeliveryStreamName: 'predictions', Records }, PERSON);
}

const keys = (region: FakeRegion, prefix = '') => listObjects(region, 'log', prefix).map(({ key }) => key);
const body = (region: FakeRegion, key: string) => readFileSync(objectPath(region, 'log', key));
const buffers = (region: FakeRegion) => readdirSync(join(region.stateDir, 'firehose', 'predictions'));

async function stopAndRemove(region: FakeRegion, firehose: LocalService): Promise<void> {
  await firehose.stop!();
  region.remove();
}

describe('buffering', () => {
  it("delivers when the interval has passed, under the prefix of the buffer's first record", async () => {
    const { region, clock, firehose } = await setUp({
      ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'AppendDelimiterToRecord' }] },
    });
    left.push(() => stopAndRemove(region, firehose));
    expect(await put(region, '{"a":1}', '{"a":2}')).toMatchObject({
      FailedPutCount: 0,
      RequestResponses: [{ RecordId: /./ }, {}],
    });
    expect(keys(region)).toEqual([]);
    clock.pass();
    await vi.waitFor(() => expect(keys(region)).toHaveLength(1));
    const [key = ''] = keys(region);
    expect(key).toMatch(/^p\/dt=2026-03-05\/predictions-1-2026-03-05-06-07-08-[0-9a-f-]{36}$/);
    expect(body(region, key).toString()).toBe('{"a":1}\n{"a":2}\n');
    await vi.waitFor(() => expect(buffers(region)).toEqual([]));
  });

  it('delivers when the size is reached, and gzips', async () => {
    const { region, firehose } = await setUp({
      BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 },
      CompressionFormat: 'GZIP',
    });
    left.push(() => stopAndRemove(region, firehose));
    await put(region, 'x'.repeat(600_000));
    expect(keys(region)).toEqual([]);
    await put(region, 'y'.repeat(600_000));
    await vi.waitFor(() => expect(keys(region)).toHaveLength(1));
    const [key = ''] = keys(region);
    expect(key).toMatch(/\.gz$/);
    expect(gunzipSync(body(region, key))).toHaveLength(1_200_000);
  });

  it('delivers what is left when the region stops', async () => {
    const { region, firehose } = await setUp();
    left.push(() => region.remove());
    await put(region, 'last words');
    await firehose.stop!();
    expect(keys(region)).toHaveLength(1);
  });
});

describe('a region that was killed', () => {
  it('delivers acknowledged records once when it comes back, and not a torn one', async () => {
    const before = await setUp();
    await put(before.region, 'kept');
    const [file = ''] = buffers(before.region);
    appendFileSync(join(before.region.stateDir, 'firehose', 'predictions', file), '1772690828000 dG9y');
    before.region.close();

    const after = await setUp({}, before.region.stateDir);
    left.push(() => stopAndRemove(after.region, after.firehose));
    await vi.waitFor(() => expect(keys(after.region)).toHaveLength(1));
    expect(body(after.region, keys(after.region)[0]!).toString()).toBe('kept');
  });

  it('writes the same object again when it died between the write and the end of its buffer', async () => {
    const before = await setUp();
    await put(before.region, 'once');
    const folder = join(before.region.stateDir, 'firehose', 'predictions');
    const [file = ''] = buffers(before.region);
    const bytes = readFileSync(join(folder, file));
    await before.firehose.stop!();
    const delivered = keys(before.region);
    before.region.close();
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, file), bytes);

    const after = await setUp({}, before.region.stateDir);
    left.push(() => stopAndRemove(after.region, after.firehose));
    await vi.waitFor(() => expect(buffers(after.region)).toEqual([]));
    expect(keys(after.region)).toEqual(delivered);
  });
});

describe('conversion to Parquet', () => {
  const conversion = {
    BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 64 },
    ErrorOutputPrefix: 'error/!{firehose:error-output-type}/',
    DataFormatConversionConfiguration: {
      Enabled: true,
      InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
      OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
      SchemaConfiguration: { DatabaseName: 'shop', TableName: 'predictions', RoleARN: ROLE },
    },
  };

  async function converting() {
    const made = await setUp(conversion);
    const columns = { id: 'string', at_ms: 'bigint', score: 'double', ok: 'boolean', tags: 'array<string>' };
    const StorageDescriptor = { Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })) };
    await made.region.invoke('glue', 'CreateDatabase', { DatabaseInput: { Name: 'shop' } }, PERSON);
    await made.region.invoke(
      'glue',
      'CreateTable',
      { DatabaseName: 'shop', TableInput: { Name: 'predictions', StorageDescriptor } },
      PERSON,
    );
    left.push(() => stopAndRemove(made.region, made.firehose));
    return made;
  }

  it('writes the columns of the Glue table, and bad records under the error prefix', async () => {
    const { region, clock } = await converting();
    await put(
      region,
      '{"ID":"a","at_ms":9007199254740993,"score":0.5,"ok":true,"tags":["x","y"],"more":1}',
      '{"id":7,"score":2}\n{"id":"second line"}\n',
      'not JSON',
      '{"at_ms":1.5}',
      '[1]',
    );
    clock.pass();
    await vi.waitFor(() => expect(keys(region, 'p/')).toHaveLength(1));
    const [key = ''] = keys(region, 'p/');
    expect(key).toMatch(/^p\/dt=2026-03-05\/.*\.parquet$/);
    const bytes = body(region, key);
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      compressors,
    });
    expect(rows).toEqual([
      { id: 'a', at_ms: 9007199254740993n, score: 0.5, ok: true, tags: ['x', 'y'] },
      // hyparquet reads a list that is NULL as undefined
      { id: '7', at_ms: null, score: 2, ok: null, tags: undefined },
      { id: 'second line', at_ms: null, score: null, ok: null, tags: undefined },
    ]);
    const [errorKey = ''] = keys(region, 'error/format-conversion-failed/');
    const bad = body(region, errorKey)
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(bad.map(({ rawData }) => Buffer.from(rawData, 'base64').toString())).toEqual([
      'not JSON',
      '{"at_ms":1.5}',
      '[1]',
    ]);
    expect(bad[1].lastErrorMessage).toBe('column at_ms is bigint, and the record has 1.5');
  });

  it.each(['s3:PutObject', 'glue:GetTable', 'glue:GetTableVersions'])(
    'keeps the records while its role lacks %s',
    async (action) => {
      const { region, clock } = await converting();
      region.denied.add(action);
      await put(region, '{"id":"a"}');
      clock.pass();
      await vi.waitFor(() => expect(region.logs.join()).toContain(action));
      expect([keys(region), buffers(region).length]).toEqual([[], 1]);
      expect(region.questions.find((question) => question.action === action)?.caller.roleArn).toBe(ROLE);
      region.denied.clear();
      await pause(0);
      clock.pass();
      await vi.waitFor(() => expect(keys(region, 'p/')).toHaveLength(1));
    },
  );
});

describe('what Firehose refuses', () => {
  it.each([
    ['an unknown stream', { DeliveryStreamName: 'nobodys', Records: [{ Data: '' }] }, 'ResourceNotFoundException'],
    ['no records', { DeliveryStreamName: 'predictions', Records: [] }, 'InvalidArgumentException'],
    [
      '501 records',
      { DeliveryStreamName: 'predictions', Records: Array(501).fill({ Data: '' }) },
      'InvalidArgumentException',
    ],
    [
      'a record over 1,000 KiB',
      { DeliveryStreamName: 'predictions', Records: [{ Data: Buffer.alloc(1_024_001).toString('base64') }] },
      'InvalidArgumentException',
    ],
    [
      'more than 4 MiB',
      {
        DeliveryStreamName: 'predictions',
        Records: Array(5).fill({ Data: Buffer.alloc(1_000_000).toString('base64') }),
      },
      'InvalidArgumentException',
    ],
  ])('%s', async (_, input, code) => {
    const { region, firehose } = await setUp();
    left.push(() => stopAndRemove(region, firehose));
    await expect(region.invoke('firehose', 'PutRecordBatch', input, PERSON)).rejects.toMatchObject({ code });
  });

  it.each([
    [{ Prefix: '!{timestamp:QQQ}/' }, 'QQQ'],
    [{ Prefix: '!{partitionKeyFromQuery:customer}/' }, 'partitionKeyFromQuery'],
    [{ CompressionFormat: 'Snappy' }, 'CompressionFormat'],
    [{ ProcessingConfiguration: { Processors: [{ Type: 'Lambda' }] } }, 'AppendDelimiterToRecord'],
  ])('a template with %j', async (destination, message) => {
    const { region, firehose, provision } = await setUp();
    left.push(() => stopAndRemove(region, firehose));
    await expect(provision(destination)).rejects.toThrow(message);
  });
});

it('takes records from the AWS SDK, with the permission to put them', async () => {
  const { region, firehose } = await setUp();
  const endpoint = await fakeEndpoint(region);
  const client = new FirehoseClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  left.push(
    () => stopAndRemove(region, firehose),
    () => endpoint.close(),
    () => client.destroy(),
  );
  const DeliveryStreamName = 'predictions';
  const { RecordId } = await client.send(
    new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from('a') } }),
  );
  expect(RecordId).toBeTruthy();
  await client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records: [{ Data: Buffer.from('b') }] }));
  region.denied.add('firehose:PutRecord arn:aws:firehose:us-east-1:000000000000:deliverystream/predictions');
  await expect(
    client.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from('c') } })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await firehose.stop!();
  expect(body(region, keys(region)[0]!).toString()).toBe('ab');
});
