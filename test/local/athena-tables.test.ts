import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AthenaFixture, athenaFixture, columns, PARQUET } from './athena-fixture.ts';

let lake: AthenaFixture;

/** Writes rows as a Parquet object, with a DuckDB of the test's own. */
async function putParquet(key: string, select: string): Promise<void> {
  const file = join(lake.region.stateDir, 'made-by-test.parquet');
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  await duckdb.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
  duckdb.closeSync();
  await lake.put(key, readFileSync(file));
}

beforeAll(async () => {
  lake = await athenaFixture({
    clock: { now: () => new Date('2026-03-05T12:00:00Z'), sleep: async () => {}, speed: 1 },
  });
  await lake.table({
    Name: 'Sales',
    PartitionKeys: columns({ loaded_day: 'string' }),
    Parameters: {
      'projection.enabled': 'true',
      'projection.loaded_day.type': 'date',
      'projection.loaded_day.format': 'yyyy-MM-dd',
      'projection.loaded_day.range': '2026-03-01,NOW+1DAYS',
      'storage.location.template': `s3://lake/sales/loaded_day=\${loaded_day}/`,
    },
    StorageDescriptor: {
      Location: 's3://lake/sales/',
      Columns: columns({ id: 'bigint', amount: 'double', note: 'string' }),
      SerdeInfo: PARQUET,
    },
  });
  await putParquet('sales/loaded_day=2026-03-01/a', 'SELECT 1 AS id, 1.5::DOUBLE AS Amount');
  await putParquet(
    'sales/loaded_day=2026-03-02/b',
    "SELECT 'x' AS note, 2::SMALLINT AS ID, 2.5::FLOAT AS amount, 9 AS extra",
  );
  await putParquet('sales/loaded_day=2026-02-28/before-the-range', 'SELECT 3 AS id');
  await putParquet('sales/loaded_day=2026-03-07/after-the-range', 'SELECT 4 AS id');
  await putParquet('sales/loaded_day=2026-03-02/_hidden', 'SELECT 5 AS id');
});
afterAll(() => lake.stop());

describe('a Parquet table with projected days', () => {
  it('finds columns by name in any case, casts them, and gives NULL for one a file lacks', async () => {
    expect(await lake.rows('SELECT * FROM shop.sales ORDER BY id')).toEqual([
      ['1', '1.5', null, '2026-03-01'],
      ['2', '2.5', 'x', '2026-03-02'],
    ]);
  });

  it('is found whatever the case, with quotes and with the catalog', async () => {
    for (const name of ['SALES', '"Shop"."Sales"', 'awsdatacatalog.shop.sales', '"AwsDataCatalog"."shop"."sales"']) {
      expect(await lake.rows(`SELECT max(s.id) FROM ${name} AS s`)).toEqual([['2']]);
    }
    expect(await lake.rows('SELECT sales.id FROM shop.sales WHERE sales.id = 1')).toEqual([['1']]);
  });

  it('reads only the days that a condition leaves', async () => {
    const all = await lake.finish('SELECT sum(id) FROM sales');
    const one = await lake.finish("SELECT sum(id) FROM sales WHERE loaded_day >= '2026-03-02'");
    expect(one.Statistics['DataScannedInBytes']).toBeLessThan(Number(all.Statistics['DataScannedInBytes']));
    expect(one.Statistics['DataScannedInBytes']).toBeGreaterThan(0);
  });

  it('sees a common table expression before a table of its name', async () => {
    const sql = 'WITH sales AS (SELECT id * 10 AS id FROM sales) SELECT sum(id) FROM sales';
    expect(await lake.rows(sql)).toEqual([['30']]);
  });
});

describe('other layouts', () => {
  const projected = (type: Readonly<Record<string, string>>, template?: string) => ({
    'projection.enabled': 'true',
    ...Object.fromEntries(Object.entries(type).map(([name, value]) => [`projection.k.${name}`, value])),
    ...(template === undefined ? {} : { 'storage.location.template': template }),
  });
  const table = async (Name: string, Type: string, Parameters: object) => {
    const StorageDescriptor = { Location: `s3://lake/${Name}/`, Columns: columns({ v: 'int' }), SerdeInfo: PARQUET };
    await lake.table({ Name, PartitionKeys: columns({ k: Type }), Parameters, StorageDescriptor });
  };

  it('takes integers with a step', async () => {
    await table('by_number', 'int', projected({ type: 'integer', range: '0,10', interval: '5' }));
    for (const k of [0, 5, 7, 10, 15]) await putParquet(`by_number/k=${k}/f`, `SELECT ${k} AS v`);
    expect(await lake.rows('SELECT v FROM by_number WHERE k > 0 ORDER BY k')).toEqual([['5'], ['10']]);
  });

  it('takes an enumeration, percent-encoded in the path', async () => {
    await table('by_name', 'string', projected({ type: 'enum', values: 'a b,c:d' }));
    for (const k of ['a b', 'c%3Ad', 'other']) await putParquet(`by_name/k=${k}/f`, 'SELECT 1 AS v');
    expect(await lake.rows('SELECT k FROM by_name ORDER BY k')).toEqual([['a b'], ['c:d']]);
  });

  it('takes a date with slashes from a template of its own', async () => {
    const range = 'NOW-1MONTHS,NOW';
    await table(
      'by_hour',
      'string',
      projected({ type: 'date', format: 'yyyy/MM/dd/HH', range }, `s3://lake/by_hour/\${k}/`),
    );
    for (const k of ['2026/03/05/11', '2026/03/05/13', '2026/01/01/00'])
      await putParquet(`by_hour/${k}/f`, 'SELECT 1 AS v');
    expect(await lake.rows('SELECT k FROM by_hour')).toEqual([['2026/03/05/11']]);
  });

  it('takes an injected key when the query says its value, and only then', async () => {
    await table('by_anything', 'string', projected({ type: 'injected' }));
    for (const k of ['x', 'y']) await putParquet(`by_anything/k=${k}/f`, 'SELECT 1 AS v');
    expect(await lake.rows("SELECT k FROM by_anything WHERE k = 'y'")).toEqual([['y']]);
    await expect(lake.rows('SELECT k FROM by_anything')).rejects.toThrow('CONSTRAINT_VIOLATION');
  });

  it('shows nothing of a partitioned table without projection, whose partitions nobody registered', async () => {
    await table('unregistered', 'string', {});
    await putParquet('unregistered/k=a/f', 'SELECT 1 AS v');
    expect(await lake.rows('SELECT count(*) FROM unregistered')).toEqual([['0']]);
  });

  it('reads a table without files as empty, with its types', async () => {
    const StorageDescriptor = {
      Location: 's3://lake/nothing/',
      Columns: columns({ a: 'bigint', b: 'array<string>' }),
      SerdeInfo: PARQUET,
    };
    await lake.table({ Name: 'nothing', StorageDescriptor });
    expect(await lake.rows('SELECT sum(a), count(b), max(cardinality(b)) FROM nothing')).toEqual([[null, '0', null]]);
  });

  it('reads JSON lines, whatever the case of members, gzip or not', async () => {
    const SerdeInfo = { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' };
    const Columns = columns({
      predictionid: 'string',
      score: 'double',
      tags: 'array<string>',
      who: 'struct<id:bigint>',
    });
    await lake.table({ Name: 'log', StorageDescriptor: { Location: 's3://lake/log', Columns, SerdeInfo } });
    await lake.put(
      'log/1.json',
      '{"predictionId":"p1","score":0.5,"tags":["a"],"who":{"id":7}}\n{"predictionId":"p2"}\n',
    );
    expect(await lake.rows('SELECT predictionid, score, tags, who.id FROM log ORDER BY 1')).toEqual([
      ['p1', '0.5', '[a]', '7'],
      ['p2', null, null, null],
    ]);
  });

  it('reads text by position, and NULL where it does not fit', async () => {
    const SerdeInfo = {
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      Parameters: { 'field.delim': ',' },
    };
    const StorageDescriptor = { Location: 's3://lake/text/', Columns: columns({ n: 'int', s: 'string' }), SerdeInfo };
    await lake.table({ Name: 'text', Parameters: { 'skip.header.line.count': '1' }, StorageDescriptor });
    await lake.put('text/f.csv', 'n,s\n1,"a"\nx,b\n3,\\N\n');
    expect(await lake.rows('SELECT * FROM text')).toEqual([
      ['1', '"a"'],
      [null, 'b'],
      ['3', null],
    ]);
  });
});

describe('what the caller may not', () => {
  it.each([
    ['glue:GetTable arn:aws:glue:us-east-1:000000000000:table/shop/sales', 'glue:GetTable'],
    ['s3:ListBucket arn:aws:s3:::lake', 's3:ListBucket'],
    ['s3:GetObject arn:aws:s3:::lake/sales/loaded_day=2026-03-02/b', 's3:GetObject'],
    ['s3:PutObject', 's3:PutObject'],
  ])('without %s the query fails', async (denied, action) => {
    lake.region.denied.add(denied);
    const { Status } = await lake.finish('SELECT * FROM shop.sales');
    lake.region.denied.clear();
    expect(Status).toMatchObject({ State: 'FAILED', StateChangeReason: expect.stringContaining(action) });
  });

  it("a table that is not there fails in Trino's words", async () => {
    await expect(lake.rows('SELECT * FROM shop.nobodys')).rejects.toThrow(
      "TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.shop.nobodys' does not exist",
    );
    await expect(lake.rows('SELECT * FROM nowhere.sales')).rejects.toThrow("Schema 'nowhere' does not exist");
    await expect(lake.rows('SELECT * FROM glue.shop.sales')).rejects.toThrow("Catalog 'glue' does not exist");
  });

  it('a query that would scan more than the workgroup allows is cancelled', async () => {
    const StorageDescriptor = {
      Location: 's3://lake/big/',
      Columns: columns({ s: 'string' }),
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' },
    };
    await lake.table({ Name: 'big', StorageDescriptor });
    await lake.put('big/f', Buffer.alloc(10_000_001, 'x'));
    const { Status } = await lake.finish('SELECT count(*) FROM big');
    expect(Status).toMatchObject({
      State: 'CANCELLED',
      StateChangeReason: expect.stringContaining('Bytes scanned limit was exceeded'),
    });
  });
});
