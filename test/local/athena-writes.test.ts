import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listObjects } from '../../local/services/s3/listing.ts';
import { objectPath } from '../../local/services/s3/object-files.ts';
import { type AthenaFixture, athenaFixture, columns, PARQUET } from './athena-fixture.ts';

let lake: AthenaFixture;

beforeAll(async () => {
  lake = await athenaFixture();
  const SerdeInfo = { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' };
  const Columns = columns({ id: 'bigint', amount: 'double', note: 'string' });
  await lake.table({ Name: 'sales', StorageDescriptor: { Location: 's3://lake/sales/', Columns, SerdeInfo } });
  await lake.put('sales/a.json', '{"id":1,"amount":1.5}\n{"id":2,"amount":2.5,"note":"x"}\n');
});
afterAll(() => lake.stop());

describe('UNLOAD', () => {
  const objects = (prefix: string) => listObjects(lake.region, 'lake', prefix).map(({ key }) => key);

  it('writes one Parquet file in order, which a table can read again', async () => {
    const sql =
      "UNLOAD (SELECT id, sum(id) OVER () AS total FROM sales ORDER BY id DESC) TO 's3://lake/out/a/' WITH (format = 'PARQUET', compression = 'SNAPPY')";
    const done = await lake.finish(sql);
    expect(done.Status).toMatchObject({ State: 'SUCCEEDED' });
    expect(objects('out/a/')).toEqual([`out/a/${done.QueryExecutionId}_00000`]);
    const StorageDescriptor = {
      Location: 's3://lake/out/a/',
      Columns: columns({ id: 'bigint', total: 'bigint' }),
      SerdeInfo: PARQUET,
    };
    await lake.table({ Name: 'out_a', StorageDescriptor });
    expect(await lake.rows('SELECT * FROM out_a')).toEqual([
      ['2', '3'],
      ['1', '3'],
    ]);
    const manifest = String(done.Statistics['DataManifestLocation']).replace('s3://lake/', '');
    expect(readFileSync(objectPath(lake.region, 'lake', manifest), 'utf8')).toBe(
      `s3://lake/out/a/${done.QueryExecutionId}_00000\n`,
    );
  });

  it('refuses a folder that holds something, and leaves it as it was', async () => {
    await lake.put('out/full/x', 'x');
    const { Status } = await lake.finish("UNLOAD (SELECT 1 AS a) TO 's3://lake/out/full' WITH (format = 'PARQUET')");
    expect(Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: expect.stringContaining('HIVE_PATH_ALREADY_EXISTS'),
    });
    expect(objects('out/full/')).toEqual(['out/full/x']);
  });

  it('writes text with a delimiter and JSON lines, gzip by default', async () => {
    const content = async (folder: string, rest: string) => {
      await lake.finish(`UNLOAD (SELECT 1 AS a, NULL AS b, 'x,"y' AS c) TO 's3://lake/${folder}/' WITH (${rest})`);
      const [key = ''] = objects(`${folder}/`);
      const bytes = readFileSync(objectPath(lake.region, 'lake', key));
      return key.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
    };
    expect(await content('out/text', "format = 'TEXTFILE', field_delimiter = ','")).toBe('1,\\N,x,"y\n');
    expect(await content('out/plain', "format = 'TEXTFILE', compression = 'NONE'")).toBe('1\u0001\\N\u0001x,"y\n');
    expect(await content('out/json', "format = 'JSON'")).toBe('{"a":1,"b":null,"c":"x,\\"y"}\n');
  });

  it('puts partitions into folders, and refuses more than a hundred', async () => {
    const values = 'SELECT x, x % 2 AS k FROM UNNEST(sequence(1, 4)) AS t(x)';
    await lake.finish(
      `UNLOAD (${values}) TO 's3://lake/out/parts/' WITH (format = 'PARQUET', partitioned_by = ARRAY['k'])`,
    );
    expect(objects('out/parts/').map((key) => key.split('/')[2])).toEqual(['k=0', 'k=1']);
    const many = await lake.finish(
      "UNLOAD (SELECT x, x AS k FROM UNNEST(sequence(1, 101)) AS t(x)) TO 's3://lake/out/many/' WITH (format = 'PARQUET', partitioned_by = ARRAY['k'])",
    );
    expect(many.Status.StateChangeReason).toContain('HIVE_TOO_MANY_OPEN_PARTITIONS');
    expect(objects('out/many/')).toEqual([]);
  });

  it('takes parameters', async () => {
    const sql =
      "UNLOAD (SELECT id FROM sales WHERE note = ?) TO 's3://lake/out/bound/' WITH (format = 'JSON', compression = 'NONE')";
    await lake.finish(sql, { ExecutionParameters: ["'x'"] });
    const [key = ''] = objects('out/bound/');
    expect(readFileSync(objectPath(lake.region, 'lake', key), 'utf8')).toBe('{"id":2}\n');
  });

  it.each([
    ["UNLOAD (SELECT 1 AS a) TO '/var/x' WITH (format = 'PARQUET')", 'not an S3 location'],
    ["UNLOAD (SELECT 1 AS a) TO 's3://lake/o/'", 'Missing required UNLOAD property'],
    ["UNLOAD (SELECT 1 AS a) TO 's3://lake/o/' WITH (format = 'AVRO')", 'PARQUET, JSON and TEXTFILE'],
    ["UNLOAD (DROP TABLE x) TO 's3://lake/o/' WITH (format = 'JSON')", 'UNLOAD takes a query'],
    ["UNLOAD (SELECT 1 AS a) TO 's3://lake/o/' WITH (format = 'JSON', colour = 'red')", 'colour'],
  ])('refuses %s', async (sql, message) => {
    await expect(lake.finish(sql)).rejects.toThrow(message);
  });
});

describe('tables made by queries', () => {
  it('CREATE TABLE AS makes files and a catalog entry; INSERT INTO adds rows', async () => {
    const made = await lake.finish(
      "CREATE TABLE shop.copy WITH (format = 'PARQUET') AS SELECT id, amount, CAST(1.5 AS decimal(10,2)) AS price FROM sales",
    );
    expect(made.Status).toMatchObject({ State: 'SUCCEEDED' });
    const added = await lake.finish('INSERT INTO shop.copy (id, price) SELECT 9, 2.25');
    expect(added.Status).toMatchObject({ State: 'SUCCEEDED' });
    expect(await lake.rows('SELECT * FROM copy ORDER BY id')).toEqual([
      ['1', '1.5', '1.50'],
      ['2', '2.5', '1.50'],
      ['9', null, '2.25'],
    ]);
    const again = await lake.finish('CREATE TABLE shop.copy AS SELECT 1 AS a');
    expect(again.Status.StateChangeReason).toContain('already exists');
  });

  it('may not say where they lie when the workgroup does', async () => {
    const { Status } = await lake.finish(
      "CREATE TABLE shop.other WITH (external_location = 's3://lake/elsewhere/') AS SELECT 1 AS a",
    );
    expect(Status.StateChangeReason).toContain("submitted with an 'external_location' property");
  });
});
