import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listObjects } from '../../local/services/s3/listing.ts';
import { objectPath } from '../../local/services/s3/object-files.ts';
import { fakeEndpoint } from './fake-endpoint.ts';
import { type FakeRegion, PERSON } from './fake-region.ts';
import { firehoseFixture, put, ROLE, stopAndRemove } from './firehose-fixture.ts';

const left: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of left.splice(0).reverse()) await undo();
});

const keys = (region: FakeRegion, prefix = '') => listObjects(region, 'log', prefix).map(({ key }) => key);
const body = (region: FakeRegion, key: string) => readFileSync(objectPath(region, 'log', key));
const buffers = (region: FakeRegion) => readdirSync(join(region.stateDir, 'firehose', 'predictions'));

describe('buffering', () => {
  it("delivers when the interval has passed, under the prefix of the buffer's first record", async () => {
    const { region, clock, firehose } = await firehoseFixture({
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
    const { region, firehose } = await firehoseFixture({
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
    const { region, firehose } = await firehoseFixture();
    left.push(() => region.remove());
    await put(region, 'last words');
    await firehose.stop!();
    expect(keys(region)).toHaveLength(1);
  });
});

describe('a region that was killed', () => {
  it('delivers acknowledged records once when it comes back, and not a torn one', async () => {
    const before = await firehoseFixture();
    await put(before.region, 'kept');
    const [file = ''] = buffers(before.region);
    appendFileSync(join(before.region.stateDir, 'firehose', 'predictions', file), '1772690828000 dG9y');
    before.region.close();

    const after = await firehoseFixture({}, before.region.stateDir);
    left.push(() => stopAndRemove(after.region, after.firehose));
    await vi.waitFor(() => expect(keys(after.region)).toHaveLength(1));
    expect(body(after.region, keys(after.region)[0]!).toString()).toBe('kept');
  });

  it('writes the same object again when it died between the write and the end of its buffer', async () => {
    const before = await firehoseFixture();
    await put(before.region, 'once');
    const folder = join(before.region.stateDir, 'firehose', 'predictions');
    const [file = ''] = buffers(before.region);
    const bytes = readFileSync(join(folder, file));
    await before.firehose.stop!();
    const delivered = keys(before.region);
    before.region.close();
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, file), bytes);

    const after = await firehoseFixture({}, before.region.stateDir);
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
    const made = await firehoseFixture(conversion);
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

it('takes records from the AWS SDK, with the permission to put them', async () => {
  const { region, firehose } = await firehoseFixture();
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
  expect(RecordId).toMatch(/^.+$/);
  await client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records: [{ Data: Buffer.from('b') }] }));
  region.denied.add('firehose:PutRecord arn:aws:firehose:us-east-1:000000000000:deliverystream/predictions');
  await expect(
    client.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from('c') } })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await firehose.stop!();
  expect(body(region, keys(region)[0]!).toString()).toBe('ab');
});
