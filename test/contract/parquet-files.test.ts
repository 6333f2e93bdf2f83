import { describe, expect, it } from 'vitest';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import type { ParquetColumn, ParquetFile } from '../../lambdas/ports/parquet-files.ts';

const COLUMNS: readonly ParquetColumn[] = [
  { name: 'id', type: 'int64', values: [1, null, Number.MAX_SAFE_INTEGER] },
  { name: 'at', type: 'timestamp', values: [-1, 0, 1_772_366_400_000] },
  { name: 'name', type: 'string', values: ['', null, "o'clock é 🫖"] },
  { name: 'share', type: 'float64', values: [0.1, -0, null] },
  { name: 'is_new', type: 'boolean', values: [true, false, null] },
];

async function batchesOf(file: ParquetFile, columns?: readonly string[], fromRow?: number) {
  const batches = [];
  for await (const batch of file.batches(columns, fromRow)) batches.push(batch);
  return batches;
}

describe('ParquetFiles: hyparquet', () => {
  it('reads what it wrote, every type and nulls', async () => {
    const file = await hyparquetFiles.open(hyparquetFiles.write(COLUMNS));
    expect(file.rows).toBe(3);
    expect(file.columns).toEqual(['id', 'at', 'name', 'share', 'is_new']);
    const [batch] = await batchesOf(file);
    expect(batch?.columns).toEqual({
      id: [1n, null, BigInt(Number.MAX_SAFE_INTEGER)],
      at: [-1n, 0n, 1_772_366_400_000n],
      name: ['', null, "o'clock é 🫖"],
      share: [0.1, -0, null],
      is_new: [true, false, null],
    });
  });

  it('spells instants so that every reader knows them as such', async () => {
    const values = [0, null, 1_772_366_400_123];
    const column = { name: 'at', type: 'timestamp', values, isInstant: true } as const;
    const [batch] = await batchesOf(await hyparquetFiles.open(hyparquetFiles.write([column])));
    expect(batch?.columns['at']).toEqual([new Date(0), null, new Date(1_772_366_400_123)]);
  });

  it('gives the same bytes for the same columns', () => {
    expect(hyparquetFiles.write(COLUMNS)).toEqual(hyparquetFiles.write(COLUMNS));
  });

  it('reads some columns from some row on, row group by row group', async () => {
    const rows = 150_000;
    const values = Array.from({ length: rows }, (_, i) => i);
    const file = await hyparquetFiles.open(
      hyparquetFiles.write([
        { name: 'a', type: 'int64', values },
        { name: 'b', type: 'float64', values },
      ]),
    );
    const batches = await batchesOf(file, ['b'], 70_000);
    expect(batches[0]).toMatchObject({ firstRow: 70_000 });
    expect(batches.length).toBeGreaterThan(1);
    expect(Object.keys(batches[0]!.columns)).toEqual(['b']);
    expect(batches.flatMap((batch) => batch.columns['b'])).toEqual(values.slice(70_000));
    expect(await batchesOf(file, ['b'], rows)).toEqual([]);
  });

  it('writes and reads a file without rows', async () => {
    const file = await hyparquetFiles.open(hyparquetFiles.write([{ name: 'a', type: 'int64', values: [] }]));
    expect([file.rows, await batchesOf(file)]).toEqual([0, []]);
  });

  it('reads bytes that lie inside a larger buffer', async () => {
    const bytes = hyparquetFiles.write(COLUMNS);
    const larger = new Uint8Array(bytes.length + 11).fill(7);
    larger.set(bytes, 5);
    expect((await hyparquetFiles.open(larger.subarray(5, 5 + bytes.length))).rows).toBe(3);
  });

  it('refuses any damage that it does not read over, in no time and with an error of ours', async () => {
    const good = hyparquetFiles.write(COLUMNS);
    let refused = 0;
    for (let at = 4; at < good.length; at++) {
      for (const bits of [0xff, 0x80, 0x10, 1]) {
        const damaged = good.map((byte, i) => (i === at ? byte ^ bits : byte));
        const read = async () => batchesOf(await hyparquetFiles.open(damaged));
        const batches = await read().catch((error: Error) => {
          expect([at, bits, error.name]).toEqual([at, bits, 'InvalidInputError']);
          expect(error.message).toMatch(/^the file cannot be read as Parquet.*; write the file anew$/s);
          refused++;
          return null;
        });
        if (batches !== null) expect(batches.map(({ rows }) => rows)).toEqual([3]);
      }
    }
    expect(refused).toBeGreaterThan(good.length);
  });

  it('names the columns there are for one that is not', async () => {
    const file = await hyparquetFiles.open(hyparquetFiles.write(COLUMNS));
    await expect(batchesOf(file, ['age'])).rejects.toThrow('no column age; it has id, at, name, share, is_new');
  });

  it.each([
    ['nothing', () => new Uint8Array()],
    ['text', () => new TextEncoder().encode('customer_id,amount\n1,2\n')],
    ['a file cut short', () => hyparquetFiles.write(COLUMNS).slice(0, -6)],
    ['a file whose middle is gone', () => hyparquetFiles.write(COLUMNS).slice(40)],
  ])('refuses %s as no Parquet', async (_, bytes) => {
    const reading = hyparquetFiles.open(bytes()).then((file) => batchesOf(file));
    await expect(reading).rejects.toMatchObject({ name: 'InvalidInputError', kind: 'invalid-input' });
  });
});
