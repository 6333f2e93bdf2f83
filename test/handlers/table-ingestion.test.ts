import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LoadedTablePart, TableIngestionPlan } from '../../contracts/table-ingestion-flow.ts';
import type { Value } from '../../core/definitions/value-type.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { makeLoadTable } from '../../lambdas/handlers/ingestion/load-table.ts';
import { makePlanTable } from '../../lambdas/handlers/ingestion/plan-table.ts';
import { makeStartTableIngestion } from '../../lambdas/handlers/ingestion/start-table-ingestion.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { listObjects } from '../../local/services/s3/listing.ts';
import { objectPath } from '../../local/services/s3/object-files.ts';
import { type AthenaFixture, athenaFixture, columns, PARQUET } from '../local/athena-fixture.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory } from './platform-in-memory.ts';

const LAKE = 'lake';
const INSTANTS = ['2026-02-01T10:00:00Z', '2026-02-02T10:00:00Z', '2026-02-03T10:00:00Z'].map((text) =>
  Date.parse(text),
);

/** Somebody's table of orders, with names in the catalogue's small letters and a column of no interest. */
function parquet(quantities: readonly Value[]): Uint8Array {
  return hyparquetFiles.write([
    { name: 'customer_id', type: 'int64', values: [1, 2, 3] },
    { name: 'ordered at', type: 'timestamp', values: INSTANTS, isInstant: true },
    { name: 'amount', type: 'float64', values: [1.5, 2.5, null] },
    { name: 'quantity', type: 'float64', values: [...quantities] },
    { name: 'country', type: 'string', values: ['France', null, 'Spain'] },
    { name: 'gift', type: 'boolean', values: [true, false, null] },
    { name: 'internal_note', type: 'string', values: ['a', 'b', 'c'] },
  ]);
}

let lake: AthenaFixture;
let platform: PlatformInMemory;
beforeAll(async () => {
  lake = await athenaFixture();
  const Columns = columns({
    customer_id: 'bigint',
    'ordered at': 'timestamp',
    amount: 'double',
    quantity: 'double',
    country: 'string',
    gift: 'boolean',
    internal_note: 'string',
  });
  const StorageDescriptor = { Location: 's3://lake/gold/orders/', Columns, SerdeInfo: PARQUET };
  await lake.table({ Name: 'orders', StorageDescriptor });
  await lake.put('gold/orders/a.parquet', parquet([2, 1.5, null]));
});
afterAll(() => lake.stop());
beforeEach(() => {
  platform = platformInMemory();
});

const place = () => ({ ...platform, database: 'shop', workgroup: 'team', offlineBucket: LAKE });
const invoke = async <T>(handler: (event: unknown, context: Context) => unknown, event: object): Promise<T> =>
  JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(event)), {} as Context))); // it does not look at the context

const task = { source: 'orders', table: 'shop.orders', since: null, history: false, cause: 'test' };
const plan = (executionName: string, over: object = {}) =>
  invoke<TableIngestionPlan>(makePlanTable({ ...place(), ingestTables: ['shop.orders'] }), {
    ...task,
    executionName,
    ...over,
  });

/** Runs the query on the laptop's Athena, and brings what it wrote to where the loading function looks. */
async function unload({ query, prefix }: TableIngestionPlan): Promise<void> {
  const { QueryString, ...more } = query;
  const { Status } = await lake.finish(QueryString, more);
  expect(Status).toMatchObject({ State: 'SUCCEEDED' });
  for (const { key } of listObjects(lake.region, LAKE, prefix)) {
    await platform.objects.put({ bucket: LAKE, key }, readFileSync(objectPath(lake.region, LAKE, key)), 'parquet');
  }
}

const load = (event: object) => invoke<LoadedTablePart>(makeLoadTable(place()), event);

async function stored(): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const key of platform.objects.keys(LAKE).filter((one) => one.startsWith('source/'))) {
    const file = await hyparquetFiles.open(await platform.objects.get({ bucket: LAKE, key }));
    for await (const batch of file.batches()) {
      for (let i = 0; i < batch.rows; i++) {
        rows.push(Object.fromEntries(Object.entries(batch.columns).map(([name, values]) => [name, values[i]])));
      }
    }
  }
  return rows;
}

describe('a table of the warehouse', () => {
  it('is loaded with the declared columns, its bad rows set aside', async () => {
    const planned = await plan('one');
    await unload(planned);
    const { done, report } = await load({ plan: planned, cursor: 0, report: null });
    expect(done).toBe(true);
    expect(report).toEqual({
      ingestionId: planned.ingestionId,
      table: 'shop.orders',
      files: 1,
      rowsRead: 3,
      rowsWritten: 2,
      rowsQuarantined: 1,
      reasons: { 'quantity: not a whole number': 1 },
      quarantineUri: `s3://lake/quarantine/orders/${planned.ingestionId}/`,
      ignoredColumns: [],
    });
    const hour = 3_600_000;
    expect(await stored()).toEqual([
      expect.objectContaining({
        customer_id: 1n,
        ordered_at: BigInt(INSTANTS[0]!),
        amount: 1.5,
        quantity: 2n,
        country: 'France',
        gift: true,
        known_at_ms: BigInt(INSTANTS[0]! + hour), // the first load of a source is history
      }),
      expect.objectContaining({ customer_id: 3n, amount: null, quantity: null }),
    ]);
    expect(platform.objects.keys(LAKE)).toContain(`quarantine/orders/${planned.ingestionId}/0.jsonl`);
  });

  it('gives only the rows from an instant on', async () => {
    const planned = await plan('since', { since: '2026-02-03T11:00:00+01:00' });
    await unload(planned);
    const { report } = await load({ plan: planned, cursor: 0, report: null });
    expect([report.rowsRead, (await stored()).map((row) => row['customer_id'])]).toEqual([1, [3n]]);
  });

  it('with no rows is loaded, and nothing is written', async () => {
    const planned = await plan('empty', { since: '2027-01-01T00:00:00Z' });
    const nothing = await load({ plan: planned, cursor: 0, report: null });
    await unload(planned);
    expect(platform.objects.keys(LAKE)).toHaveLength(1);
    const { done, report } = await load({ plan: planned, cursor: 0, report: null });
    expect([done, report]).toEqual([true, nothing.report]);
    expect([report.files, report.rowsRead, await stored()]).toEqual([0, 0, []]);
  });

  it('that came in several files is loaded once, however often a part is repeated, and is history as a whole', async () => {
    const planned = await plan('parts');
    const own = hyparquetFiles.write([
      { name: 'customer_id', type: 'int64', values: [1] },
      { name: 'ordered_at', type: 'timestamp', values: [INSTANTS[0]!], isInstant: true },
      { name: 'amount', type: 'float64', values: [1] },
      { name: 'quantity', type: 'int64', values: [1] },
      { name: 'country', type: 'string', values: ['France'] },
      { name: 'gift', type: 'boolean', values: [null] },
    ]);
    for (const name of ['a', 'b']) {
      await platform.objects.put({ bucket: LAKE, key: `${planned.prefix}${name}` }, own, 'parquet');
    }
    const first = await load({ plan: planned, cursor: 0, report: null });
    expect([first.done, first.report.files]).toEqual([false, 1]);
    platform.clock.advance(60_000);
    const next = { plan: planned, cursor: first.cursor, report: first.report };
    const second = await load(next);
    expect(await load(next)).toEqual(second);
    expect([second.done, second.report.files, second.report.rowsWritten]).toEqual([true, 2, 2]);
    const knownAt = (await stored()).map((row) => row['known_at_ms']);
    expect(knownAt).toEqual(Array(2).fill(BigInt(INSTANTS[0]! + 3_600_000)));
  });

  it('is named by source, table, instant and execution', async () => {
    const ids = [
      await plan('one'),
      await plan('one'),
      await plan('two'),
      await plan('one', { since: '2026-01-01T00:00:00Z' }),
    ].map(({ ingestionId }) => ingestionId);
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('what may be ingested', () => {
  const start = (body: object, ingestTables: readonly string[], view = 'spend') =>
    call(
      makeStartTableIngestion({ ...platform, ingestTables }, silentLog),
      'POST /v1/feature-views/{view}/table-ingestions',
      body,
      { path: { view } },
    );

  it('is what the environment lists', async () => {
    const answer = await start({ table: 'shop.orders', since: '2026-02-01T00:00:00Z' }, ['shop.orders']);
    expect(answer.status).toBe(202);
    expect(platform.workflow.started).toEqual([
      {
        flow: 'ingest-table',
        name: expect.stringMatching(/^[0-9a-f]{32}$/),
        input: { ...task, since: '2026-02-01T00:00:00Z', cause: expect.stringContaining('asked by') },
      },
    ]);
  });

  it('is said, with how to add to it, when a table is not listed', async () => {
    const refused = await start({ table: 'hr.salaries' }, ['shop.orders']);
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.body)).toMatch(
      /hr\.salaries.*allowed: shop\.orders;.*ingestTables.*environments\.ts/,
    );
    expect(JSON.stringify((await start({ table: 'hr.salaries' }, [])).body)).toContain('allowed: (none)');
    await expect(plan('other', { table: 'hr.salaries' })).rejects.toMatchObject({ name: 'TableNotAllowedError' });
    expect(platform.workflow.started).toEqual([]);
  });

  it.each([
    [{ table: 'shop.orders; drop' }, 400, 'must be database.table'],
    [{ table: 'orders' }, 400, 'must be database.table'],
    [{ table: 'shop.orders', since: 'yesterday' }, 400, 'ISO 8601'],
    [{}, 400, 'table'],
  ])('never is %j', async (body, status, says) => {
    const answer = await start(body, ['shop.orders']);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(says);
  });

  it('needs an event time to compare an instant with', async () => {
    const [orders] = platform.definitions.sources.filter(({ name }) => name === 'orders');
    const sources = [{ ...orders!, eventTime: { fixedMs: 0 } }];
    platform = { ...platform, definitions: { ...platform.definitions, sources } };
    const answer = await start({ table: 'shop.orders', since: '2026-02-01T00:00:00Z' }, ['shop.orders'], 'orders');
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining('static table')]);
  });
});
