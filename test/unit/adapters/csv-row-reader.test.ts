import { describe, expect, it } from 'vitest';
import type { Source } from '../../../core/definitions/source.ts';
import { csvRowReader } from '../../../lambdas/adapters/files/csv-row-reader.ts';
import type { RawRow } from '../../../lambdas/ports/row-reader.ts';

const plain: Source['csv'] = { delimiter: ',', skipLines: 0, header: true, nulls: ['?'] };

function source(csv: Partial<Source['csv']> = {}): Source {
  const column = (name: string, from = name) => ({ name, from, type: 'string' as const, required: false });
  return {
    kind: 'source',
    name: 's',
    columns: [column('a'), column('b', 'B b')],
    eventTime: { fixedMs: 0 },
    knownAtColumn: null,
    lagMs: 0,
    eventIdColumn: null,
    csv: { ...plain, ...csv },
    description: '',
    owner: '',
  };
}

async function read(text: string | Uint8Array, csv: Partial<Source['csv']> = {}) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const file = await csvRowReader.open(source(csv), bytes);
  const rows: RawRow[] = [];
  for await (const batch of file.batches()) rows.push(...batch);
  return { rows, ignored: file.ignoredColumns() };
}

const cells = async (...args: Parameters<typeof read>) =>
  (await read(...args)).rows.map((row) => ('cells' in row ? row.cells : row.problem));

describe('CSV', () => {
  it('maps columns by the name they have in the file, in any order, and reports those it ignores', async () => {
    const { rows, ignored } = await read('x,B b,a\n1,2,3\n');
    expect(rows).toEqual([{ row: 1, cells: ['3', '2'] }]);
    expect(ignored).toEqual(['x']);
  });

  it('takes a byte order mark, CRLF, quotes, doubled quotes, and line breaks inside quotes', async () => {
    const text = '\ufeffa,B b\r\n"x, y","he said ""no"""\r\n"line\r\nbreak",z\r\n';
    expect(await cells(text)).toEqual([
      ['x, y', 'he said "no"'],
      ['line\r\nbreak', 'z'],
    ]);
  });

  it('takes a quote inside an unquoted cell as a character', async () => {
    expect(await cells('a,B b\n12" pipe,z\n')).toEqual([['12" pipe', 'z']]);
  });

  it('cuts white space around cells, makes empty cells and the declared words missing, and skips blank lines', async () => {
    expect(await cells('a,B b\n x , ? \n\n,""\n')).toEqual([
      ['x', null],
      [null, null],
    ]);
  });

  it('reads without a header in the declared order, after the lines to skip', async () => {
    expect(await cells('|1x3 Cross validator\n25, Private\n', { header: false, skipLines: 1 })).toEqual([
      ['25', 'Private'],
    ]);
  });

  it('takes another delimiter', async () => {
    expect(await cells('a;B b\n1,5;2\n', { delimiter: ';' })).toEqual([['1,5', '2']]);
    expect(await cells('a\tB b\n1\t2\n', { delimiter: '\t' })).toEqual([['1', '2']]);
  });

  it('sets aside rows of another width and goes on', async () => {
    expect(await cells('a,B b\n1\n1,2,3\n4,5\n')).toEqual([
      'another number of cells than the header',
      'another number of cells than the header',
      ['4', '5'],
    ]);
  });

  it('sets aside rows that are not UTF-8, and keeps a true replacement character', async () => {
    const latin1 = new Uint8Array([...new TextEncoder().encode('a,B b\nx,1\n'), 0xfc, 0x2c, 0x32, 0x0a]);
    expect(await cells(latin1)).toEqual([['x', '1'], 'not valid UTF-8']);
    expect(await cells('a,B b\n\ufffd,1\n')).toEqual([['\ufffd', '1']]);
  });

  it('numbers rows across batches', async () => {
    const { rows } = await read(`a,B b\n${'1,2\n'.repeat(12_001)}`);
    expect(rows).toHaveLength(12_001);
    expect(rows.at(-1)?.row).toBe(12_001);
  });

  it('rejects fewer lines than are to be skipped', async () => {
    await expect(read('a,B b\n', { skipLines: 3 })).rejects.toMatchObject({ name: 'FileRejectedError' });
  });

  it('rejects a file without a header line', async () => {
    await expect(read('')).rejects.toThrow('no header line');
  });
});
