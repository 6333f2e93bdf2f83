import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { IngestionTask } from '../../contracts/ingestion-task.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { runPrefix } from '../../core/offline/table-layout.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { makeLoadFile } from '../../lambdas/handlers/ingestion/load-file.ts';
import { loadFile } from '../../lambdas/use-cases/ingestion/load-file.ts';
import { abandonRun } from '../../lambdas/use-cases/tables/abandon-run.ts';
import { type PlatformInMemory, platformInMemory } from './platform-in-memory.ts';

const HEADER = 'customer_id,Ordered At,amount,quantity,country,gift';
const GOOD = '7,2026-02-01T10:00:00Z,1.5,2,France,true';

let platform: PlatformInMemory;
beforeEach(() => {
  platform = platformInMemory();
});

async function land(body: string | Uint8Array, over: Partial<IngestionTask> = {}): Promise<IngestionTask> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const ingestionId = sha256.slice(0, 32);
  const task: IngestionTask = {
    ingestionId,
    source: 'orders',
    table: 'source_orders',
    runId: ingestionId,
    key: `landing/${ingestionId}`,
    format: 'csv',
    sha256,
    sizeBytes: bytes.length,
    fileName: 'orders.csv',
    history: false,
    ...over,
  };
  await platform.objects.put({ bucket: 'offline', key: task.key }, bytes, 'text/csv');
  return task;
}

const csv = (...lines: readonly string[]) => [HEADER, ...lines].join('\n');
const keysBelow = (prefix: string) => platform.objects.keys('offline').filter((key) => key.startsWith(prefix));

/** Every row of the table as its Parquet parts hold it. */
async function stored(): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const key of keysBelow('source/')) {
    const file = await hyparquetFiles.open(await platform.objects.get({ bucket: 'offline', key }));
    for await (const batch of file.batches()) {
      for (let i = 0; i < batch.rows; i++) {
        rows.push(Object.fromEntries(Object.entries(batch.columns).map(([name, values]) => [name, values[i]])));
      }
    }
  }
  return rows;
}

describe('a file is loaded', () => {
  it('writes typed rows with their four times, at a place that tells table, day and run', async () => {
    const task = await land(csv(GOOD, '8,2026-02-02,,,,'));
    const report = await loadFile(platform, task);
    expect(report).toMatchObject({ rowsRead: 2, rowsWritten: 2, rowsQuarantined: 0, reasons: {}, quarantineUri: null });
    expect(keysBelow('source/')).toEqual([
      expect.stringMatching(`^source/orders/loaded_day=2026-03-01/${task.runId}-\\d+/00000.parquet$`),
    ]);
    const loadedAt = BigInt(platform.clock.now().getTime());
    const eventTime = BigInt(Date.parse('2026-02-01T10:00:00Z'));
    expect(await stored()).toEqual([
      {
        customer_id: 7n,
        ordered_at: eventTime,
        amount: 1.5,
        quantity: 2n,
        country: 'France',
        gift: true,
        event_time_ms: eventTime,
        known_at_ms: eventTime + BigInt(HOUR_MS),
        loaded_at_ms: loadedAt,
        seq: 1n,
        served_at_ms: null,
      },
      expect.objectContaining({ customer_id: 8n, amount: null, country: null, gift: null, seq: 2n }),
    ]);
    expect(await platform.tables.head('source_orders')).toMatchObject({
      rows: 2,
      watermarkMs: Number(loadedAt),
      oldestEventTimeMs: Number(eventTime),
      newestEventTimeMs: Date.parse('2026-02-02'),
    });
  });

  it('counts the rows of a later file as known when they were loaded, unless it says it is history', async () => {
    await loadFile(platform, await land(csv(GOOD)));
    platform.clock.advance(MINUTE_MS);
    await loadFile(platform, await land(csv(GOOD, GOOD)));
    platform.clock.advance(MINUTE_MS);
    await loadFile(platform, await land(csv(GOOD, GOOD, GOOD), { history: true }));
    const lags = (await stored()).map((row) => Number(row['known_at_ms']) - Number(row['event_time_ms']));
    const late = Date.parse('2026-03-01T12:01:00Z') - Date.parse('2026-02-01T10:00:00Z');
    expect(lags.sort((a, b) => a - b)).toEqual([HOUR_MS, HOUR_MS, HOUR_MS, HOUR_MS, late, late]);
  });

  it('sets bad rows aside with row number, reason and text, and counts them', async () => {
    const task = await land(
      csv(
        GOOD,
        ',2026-02-01,1,1,x,true',
        '7,yesterday,1,1,x,true',
        '7,2026-02-01,1,1.5,x,true',
        '7,2026-02-01,1',
        GOOD,
      ),
    );
    const report = await loadFile(platform, task);
    expect(report).toMatchObject({
      rowsRead: 6,
      rowsWritten: 2,
      rowsQuarantined: 4,
      reasons: {
        'customer_id: required, but missing': 1,
        'ordered_at: not an ISO 8601 instant or epoch milliseconds': 1,
        'quantity: not a whole number': 1,
        'another number of cells than the header': 1,
      },
      quarantineUri: `s3://offline/quarantine/orders/${task.ingestionId}.jsonl`,
    });
    const text = new TextDecoder().decode(
      await platform.objects.get({ bucket: 'offline', key: `quarantine/orders/${task.ingestionId}.jsonl` }),
    );
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ row }) => row)).toEqual([2, 3, 4, 5]);
    expect(lines[1].raw).toContain('yesterday');
    expect((await stored()).map(({ seq }) => seq)).toEqual([1n, 6n]);
  });

  it('takes JSON lines and Parquet to the same rows as CSV', async () => {
    const object = {
      customer_id: 7,
      'Ordered At': '2026-02-01T10:00:00Z',
      amount: 1.5,
      quantity: 2,
      country: 'France',
      gift: true,
    };
    await loadFile(platform, await land(`${JSON.stringify({ ...object, extra: 1 })}\n`, { format: 'jsonl' }));
    const fromJson = await stored();
    platform = platformInMemory();
    const parquet = hyparquetFiles.write([
      { name: 'customer_id', type: 'int64', values: [7] },
      { name: 'Ordered At', type: 'timestamp', values: [Date.parse('2026-02-01T10:00:00Z')] },
      { name: 'amount', type: 'float64', values: [1.5] },
      { name: 'quantity', type: 'int64', values: [2] },
      { name: 'country', type: 'string', values: ['France'] },
      { name: 'gift', type: 'boolean', values: [true] },
      { name: 'extra', type: 'boolean', values: [true] },
    ]);
    const report = await loadFile(platform, await land(parquet, { format: 'parquet' }));
    expect(report.ignoredColumns).toEqual(['extra']);
    expect(await stored()).toEqual(fromJson);
    platform = platformInMemory();
    await loadFile(platform, await land(csv(GOOD)));
    expect(await stored()).toEqual(fromJson);
  });
});

describe('a load may be tried again', () => {
  it('answers the same report for the same file and changes nothing', async () => {
    const task = await land(csv(GOOD));
    const first = await loadFile(platform, task);
    const before = await platform.tables.head('source_orders');
    platform.clock.advance(HOUR_MS);
    expect(await loadFile(platform, task)).toEqual(first);
    expect(await platform.tables.head('source_orders')).toEqual(before);
    expect(await stored()).toHaveLength(1);
  });

  it('gives every row once, wherever the load before it died', async () => {
    const task = await land(csv(GOOD, GOOD, 'x,2026-02-01,1,1,x,true'));
    for (let callsBeforeCrash = 0; callsBeforeCrash < 5; callsBeforeCrash++) {
      platform = platformInMemory();
      await land(csv(GOOD, GOOD, 'x,2026-02-01,1,1,x,true'));
      let calls = 0;
      const crash = async <T>(work: () => Promise<T>) => {
        if (calls++ === callsBeforeCrash) throw new Error('killed');
        return work();
      };
      const { objects, tables } = platform;
      const dying = {
        ...platform,
        objects: {
          ...objects,
          put: (...args: Parameters<typeof objects.put>) => crash(() => objects.put(...args)),
          deleteAll: (...args: Parameters<typeof objects.deleteAll>) => crash(() => objects.deleteAll(...args)),
        },
        tables: {
          ...tables,
          commit: (...args: Parameters<typeof tables.commit>) => crash(() => tables.commit(...args)),
        },
      };
      await loadFile(dying, task).catch((error: Error) => expect(error.message).toBe('killed'));
      expect(await loadFile(platform, task)).toMatchObject({ rowsWritten: 2, rowsQuarantined: 1 });
      expect(await stored()).toHaveLength(2);
    }
  });

  it('deletes what a dead run left before it writes', async () => {
    const dead = await platform.tables.open('source_orders', 'dead', MINUTE_MS, 'beside-others');
    if (dead.state !== 'open') throw new Error('the run is committed');
    await platform.objects.put(
      { bucket: 'offline', key: `${runPrefix('source_orders', { runId: 'dead', ...dead })}00000.parquet` },
      new Uint8Array(1),
      'x',
    );
    const task = await land(csv(GOOD));
    platform.clock.advance(MINUTE_MS);
    await loadFile(platform, task);
    expect(await stored()).toHaveLength(1);
  });

  it('leaves nothing behind when its flow gives up', async () => {
    const task = await land(csv(GOOD));
    const commit = async () => Promise.reject(new Error('killed'));
    await expect(loadFile({ ...platform, tables: { ...platform.tables, commit } }, task)).rejects.toThrow('killed');
    expect(keysBelow('source/')).toHaveLength(1);
    const given = { table: task.table, runId: task.runId, prefixes: [], reason: 'killed' };
    expect(await abandonRun(platform, given)).toMatchObject({ state: 'abandoned' });
    expect(keysBelow('source/')).toEqual([]);
    expect(await loadFile(platform, task)).toMatchObject({ rowsWritten: 1 });
    expect(await abandonRun(platform, given)).toMatchObject({ state: 'committed' });
    expect(await stored()).toHaveLength(1);
  });
});

describe('a file that does not fit is rejected whole', () => {
  const rejected = async (body: string | Uint8Array, over: Partial<IngestionTask> = {}) => {
    const task = await land(body, over);
    const error = await loadFile(platform, task).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'FileRejectedError', kind: 'invalid-input' });
    expect(keysBelow('source/')).toEqual([]);
    expect(keysBelow('quarantine/')).toEqual([]);
    expect((await platform.tables.open('source_orders', 'next', MINUTE_MS, 'alone')).state).toBe('open');
    return (error as Error).message;
  };

  it.each([
    [
      'a column is missing',
      'customer_id,amount\n1,2',
      {},
      'lacks Ordered At, quantity, country, gift; its columns are customer_id, amount',
    ],
    ['another delimiter', csv(GOOD).replaceAll(',', ';'), {}, 'read with delimiter ","'],
    ['a column is there twice', `${HEADER},gift\n${GOOD},true`, {}, 'twice'],
    ['no rows', HEADER, {}, 'has no rows'],
    ['every row is bad', csv('x,2026-02-01,1,1,x,true'), {}, 'customer_id: not a whole number'],
    ['a quote is never closed', csv('7,"2026-02-01,1,1,x,true', GOOD), {}, 'cannot be read as CSV'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x31, 0]), {}, 'UTF-16'],
    ['a Parquet file as CSV', 'PAR1....', {}, 'give format "parquet"'],
    ['a spreadsheet', 'PK\u0003\u0004....', {}, 'export it as CSV'],
    ['a CSV file as Parquet', csv(GOOD), { format: 'parquet' as const }, 'does not begin with PAR1'],
    ['a Parquet file cut short', 'PAR1....', { format: 'parquet' as const }, 'cannot be read as Parquet'],
    ['a CSV file as JSON lines', csv(GOOD), { format: 'jsonl' as const }, 'not a JSON object'],
  ])('%s', async (_why, body, over, says) => {
    expect(await rejected(body, over)).toContain(says);
  });

  it('was not uploaded, or is another file than was announced', async () => {
    const task = await land(csv(GOOD));
    await expect(loadFile(platform, { ...task, key: 'landing/none' })).rejects.toThrow('has not been uploaded');
    await expect(loadFile(platform, { ...task, sha256: 'ab'.repeat(32) })).rejects.toThrow(
      'not the file that was announced',
    );
  });

  it('as a flow task, with the error name that the flow matches on', async () => {
    const handler = makeLoadFile(platform);
    const task = await land(HEADER);
    await expect(handler(task, {} as never)).rejects.toMatchObject({ name: 'FileRejectedError' });
    await expect(handler({ table: 'x' }, {} as never)).rejects.toMatchObject({ name: 'InvalidInputError' });
  });
});
