import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { PushResponse } from '../../contracts/api/feast.ts';
import { expectRow } from '../../contracts/definitions/expectation.ts';
import { featureView } from '../../contracts/definitions/feature-view.ts';
import type { IngestionTask } from '../../contracts/ingestion-task.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { compileExpression } from '../../core/expression/compile-expression.ts';
import { parseExpression } from '../../core/expression/parse-expression.ts';
import { judgeDataQuality } from '../../core/gates/data-quality-gate.ts';
import { coerceValue } from '../../core/ingestion/coerce-value.ts';
import { byKey } from '../../core/point-in-time/offline-row.ts';
import { encodeInput } from '../../core/serving/encode-input.ts';
import { unpackRow } from '../../core/serving/packed-row.ts';
import { profileColumn } from '../../core/training/reference-profile.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { makePush } from '../../lambdas/handlers/ingestion/push.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { loadFile } from '../../lambdas/use-cases/ingestion/load-file.ts';
import { call } from '../handlers/http-event.ts';
import { type PlatformInMemory, platformInMemory } from '../handlers/platform-in-memory.ts';
import { shop } from '../handlers/shop-definitions.ts';
import { viewInput } from '../unit/definitions/definition-samples.ts';

let platform: PlatformInMemory;
beforeEach(() => {
  platform = platformInMemory();
});

const HEADER = 'customer_id,Ordered At,amount,quantity,country,gift';

async function load(body: string | Uint8Array, over: Partial<IngestionTask> = {}) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const runId = sha256.slice(0, 32);
  const of = { ingestionId: runId, source: 'orders', table: 'source_orders', runId, key: `landing/${runId}` };
  const file = { format: 'csv' as const, sha256, sizeBytes: bytes.length, fileName: 'orders', history: false };
  await platform.objects.put({ bucket: 'offline', key: of.key }, bytes, 'text/csv');
  return loadFile(platform, { ...of, ...file, ...over });
}

/** Rows of the source's table, without what tells loads apart. */
async function stored(): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const key of platform.objects.keys('offline').filter((one) => one.startsWith('source/'))) {
    const file = await hyparquetFiles.open(await platform.objects.get({ bucket: 'offline', key }));
    for await (const { columns, rows: n } of file.batches()) {
      for (let i = 0; i < n; i++) {
        const row = Object.entries(columns).map(([name, values]) => [name, values[i]] as const);
        rows.push(Object.fromEntries(row.filter(([name]) => !/^(seq|.*_at_ms)$/.test(name))));
      }
    }
  }
  return rows;
}

const push = async (given: {
  readonly customer_id: readonly number[];
  readonly [column: string]: readonly unknown[];
}) => {
  const missing = given.customer_id.map(() => null);
  const df = { quantity: missing, country: missing, gift: missing, ...given };
  const body = { push_source_name: 'orders', to: 'online_and_offline', df };
  return call(makePush(platform, silentLog), 'POST /push', body);
};

describe('fault 46: numbers at the edges', () => {
  const cases: readonly (readonly [raw: string, amount: number | null | 'refused'])[] = [
    ['NaN', null],
    ['-0.0', 0],
    ['5e-324', 5e-324],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['9007199254740993', 9007199254740992],
    ['0.1', 0.1],
    ['Infinity', 'refused'],
    ['-inf', 'refused'],
    ['1e999', 'refused'],
  ];

  it.each(cases)('%s is one value, online and offline, from a file and from a push', async (raw, wanted) => {
    const time = '2026-02-01T10:00:00Z';
    const pushed = await push({ customer_id: [7, 8], ordered_at: [time, time], amount: [raw, '1'] });
    const fromPush = await stored();
    const { view, version } = resolveView(shop, 'last_order');
    const key = { entity: 'customer', key: [7], view: view.name, version };
    const [item] = (await platform.online.read([key], [])).items;
    platform = platformInMemory();
    const report = await load(`${HEADER}\n7,${time},${raw},,,\n8,${time},1,,,`);
    expect(await stored()).toEqual(fromPush);
    if (wanted === 'refused') {
      expect(PushResponse.parse(pushed.body).rejected).toEqual([{ row: 0, reason: 'amount: not finite' }]);
      expect(report.reasons).toEqual({ 'amount: not finite': 1 });
      expect([item, fromPush.length]).toEqual([null, 1]);
    } else {
      const online = unpackRow(view.features, item!.values)[0];
      expect([online, fromPush[0]?.['amount']]).toEqual([wanted, wanted]);
      expect(Object.is(online, -0)).toBe(false);
    }
  });

  it('whole numbers stop at 2^53 - 1, with a reason and not with another number', () => {
    expect(coerceValue('int64', '9007199254740991')).toEqual({ value: 9007199254740991 });
    for (const raw of ['9007199254740992', '9007199254740993', 9007199254740993n, -9007199254740993n, '1e16']) {
      expect(coerceValue('int64', raw)).toEqual({ problem: 'beyond 2^53 - 1' });
    }
    const sum = compileExpression(parseExpression('a + b'), { a: 'int64', b: 'int64' });
    expect([sum({ a: 9007199254740990, b: 1 }), sum({ a: 9007199254740991, b: 1 })]).toEqual([9007199254740991, null]);
  });
});

describe('fault 47: columns without news', () => {
  it('an all-null column has a share that is missing and no numbers, never NaN', () => {
    const profile = profileColumn('v:f', 'float64', [null, null]);
    expect(profile).toMatchObject({ n: 0, missingShare: 1, numeric: null });
    expect(JSON.stringify(profile)).not.toContain('NaN');
  });

  it('a constant column has no spread, and one bin of its own', () => {
    const { numeric } = profileColumn('v:f', 'float64', [4, 4, 4]);
    expect(numeric).toMatchObject({ mean: 4, standardDeviation: 0, edges: [4], counts: [0, 3] });
  });

  it('a category that training did not know is missing, not another category', () => {
    const input = { view: 'v', feature: 'f', type: 'string', categories: ['DE', 'FR'], defaultValue: null } as const;
    expect(['FR', 'XX', null].map((value) => encodeInput(input)(value))).toEqual([1, null, null]);
  });

  it('an all-null feature fails the gate that limits what is missing; no rows are inconclusive', () => {
    const gate = { kind: 'data_quality', minTrainRows: 1, maxMissingShare: 0.5, minShareOfLast: null } as const;
    const evidence = { trainRows: 9, last: null };
    expect(judgeDataQuality(gate, { ...evidence, missingShares: { 'v:f': 1 } }).outcome).toBe('fail');
    expect(judgeDataQuality(gate, { ...evidence, trainRows: 0, missingShares: {} }).outcome).toBe('inconclusive');
  });
});

describe('fault 48: a file whose columns changed', () => {
  it('reordered columns are read by their names', async () => {
    await load(`${HEADER}\n7,2026-02-01,1.5,2,France,true`);
    const wanted = await stored();
    platform = platformInMemory();
    await load('gift,country,quantity,amount,Ordered At,customer_id\ntrue,France,2,1.5,2026-02-01,7');
    expect(await stored()).toEqual(wanted);
  });

  it('a renamed column is refused by the name that is missing', async () => {
    const renamed = load('customer_id,When,amount,quantity,country,gift\n7,2026-02-01,1.5,2,France,true');
    await expect(renamed).rejects.toMatchObject({
      name: 'FileRejectedError',
      message: expect.stringContaining('lacks Ordered At'),
    });
    expect(await stored()).toEqual([]);
  });

  it('a column of another type is refused by column and type, row by row', async () => {
    const { rowsWritten, reasons } = await load(
      `${HEADER}\n7,2026-02-01,1.5,many,France,true\n7,2026-02-01,1,2,France,true`,
    );
    expect([rowsWritten, reasons]).toEqual([1, { 'quantity: not a whole number': 1 }]);
  });
});

describe('fault 57: broken files', () => {
  const whole = hyparquetFiles.write([
    { name: 'customer_id', type: 'int64', values: [7] },
    { name: 'Ordered At', type: 'timestamp', values: [Date.parse('2026-02-01')] },
    ...['amount', 'quantity', 'country', 'gift'].map((name) => ({ name, type: 'string' as const, values: ['1'] })),
  ]);
  const corrupted = Uint8Array.from(whole, (byte, i) => (i > 3 && i < 40 ? byte ^ 0xff : byte));

  it.each([
    ['cut short', whole.subarray(0, whole.length - 9), 'parquet'],
    ['of zero bytes', new Uint8Array(), 'parquet'],
    ['with bytes turned over', corrupted, 'parquet'],
    ['of zero bytes as CSV', new Uint8Array(), 'csv'],
  ] as const)('an upload %s stores nothing and leaves the table free', async (_, bytes, format) => {
    await expect(load(bytes, { format })).rejects.toMatchObject({ kind: 'invalid-input' });
    expect(await stored()).toEqual([]);
    expect((await platform.tables.head('source_orders')).rows).toBe(0);
    expect(await load(whole, { format: 'parquet' })).toMatchObject({ rowsWritten: 1 });
  });
});

describe('fault 59: text without measure', () => {
  it('long text is refused by its size and kept out whole, up to the limit it stays', () => {
    expect(coerceValue('string', 'x'.repeat(10 * 2 ** 20))).toEqual({ problem: 'longer than 64 KiB' });
    expect(coerceValue('string', 'é'.repeat(32_768))).toEqual({ value: 'é'.repeat(32_768) });
    expect(coerceValue('string', 'é'.repeat(32_769))).toEqual({ problem: 'longer than 64 KiB' });
  });

  it('half a character is refused', () => {
    expect(coerceValue('string', 'a\ud800')).toEqual({ problem: 'not valid Unicode' });
  });

  it('keys that look alike and are different bytes are different entities', () => {
    const keys = ['\u00e9', 'e\u0301'].map((raw) => coerceValue('string', raw));
    const groups = byKey(keys, (one) => ['value' in one ? one.value : null]);
    expect(groups.map(({ key }) => key)).toEqual([['\u00e9'], ['e\u0301']]);
  });

  it('a row nested 1,000 deep is set aside, and the row beside it is stored', async () => {
    const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
    const row = (amount: string) =>
      `{"customer_id":7,"Ordered At":"2026-02-01","amount":${amount},"quantity":1,"country":"FR","gift":true}`;
    const report = await load(`${row(deep)}\n${row('1')}\n`, { format: 'jsonl' });
    expect(report).toMatchObject({ rowsWritten: 1, reasons: { 'amount: not a number': 1 } });
  });

  it('an expression nested 1,000 deep is refused when it is defined', () => {
    const deep = `${'('.repeat(1_000)}price${')'.repeat(1_000)} > 0`;
    const define = () => featureView({ ...viewInput, expectations: [expectRow('deep', deep, { severity: 'warn' })] });
    expect(define).toThrow(/expectations.deep: expression/);
  });
});

describe('fault 62: calendars and zones', () => {
  const at = (text: string) => {
    const coerced = coerceValue('timestamp', text);
    return 'problem' in coerced ? coerced.problem : new Date(Number(coerced.value)).toISOString();
  };

  test.each([
    ['2024-10-27T02:30:00+02:00', '2024-10-27T00:30:00.000Z'], // the first half past two of that night in Paris
    ['2024-10-27T02:30:00+01:00', '2024-10-27T01:30:00.000Z'], // the second
    ['2026-03-29T02:30:00+01:00', '2026-03-29T01:30:00.000Z'], // an hour that clocks there leave out
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2024-02-29T23:59:59.999-11:00', '2024-03-01T10:59:59.999Z'],
    ['2026-01-01T00:00:00+14:00', '2025-12-31T10:00:00.000Z'],
  ])('%s is %s', (text, instant) => expect(at(text)).toBe(instant));

  test.each(['2023-02-29', '2100-02-29', '2026-01-01T24:00:00Z', '2016-12-31T23:59:60Z', '2026-01-01T00:00+15:00'])(
    '%s is no instant',
    (text) => expect(at(text)).toBe('not an ISO 8601 instant or epoch milliseconds'),
  );

  it('rows of mixed offsets are ordered by instant, so the newest one is served', async () => {
    const times = ['2024-10-27T02:30:00+01:00', '2024-10-27T02:45:00+02:00'];
    await push({ customer_id: [7, 7], ordered_at: times, amount: [1, 2] });
    const [item] = platform.online.all();
    expect([item?.eventTimeMs, unpackRow(resolveView(shop, 'last_order').view.features, item!.values)[0]]).toEqual([
      Date.parse('2024-10-27T01:30:00Z'),
      1,
    ]);
  });
});

describe('fault 63: instants without a zone', () => {
  let zone: string | undefined;
  beforeEach(() => {
    zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('are UTC, wherever the machine is', () => {
    expect(coerceValue('timestamp', '2026-03-08T02:30:00')).toEqual({ value: Date.UTC(2026, 2, 8, 2, 30) });
    expect(coerceValue('timestamp', '2026-07-01')).toEqual({ value: Date.UTC(2026, 6, 1) });
  });

  test.each(['03/04/2026', '4 March 2026', '20260304', '1772582400', '2026-3-4'])(
    '%s is refused, never guessed',
    (text) => {
      expect(coerceValue('timestamp', text)).toHaveProperty('problem');
    },
  );
});
