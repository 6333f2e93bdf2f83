import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { type BatchLab, batchLab } from './batch-lab.ts';
import { OFFLINE } from './feature-store-lab.ts';

let lab: BatchLab;
beforeAll(async () => {
  lab = await batchLab();
  await lab.give([1, 2]);
});
afterAll(() => lab.close());

type Format = 'csv' | 'jsonl' | 'parquet';
type Case = readonly [why: string, format: Format, body: string | Uint8Array, says: string, csv?: object];

const keys = (values: readonly (number | string | null)[], type: 'int64' | 'string' = 'int64') =>
  hyparquetFiles.write([{ name: 'customer_id', type, values }]);
const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 0xff : byte));
const good = keys([1, 2]);
const LACKS = 'the file of entities lacks customer_id (int64, join key). Its columns are';
const NO_ROWS = 'the file of entities has no rows; write one for each entity to ask about';

const cases: readonly Case[] = [
  ['is empty', 'csv', '', 'the file has no header line: it is empty'],
  ['has blank lines alone', 'csv', '\n\n\n', 'no header line'],
  ['has a header alone', 'csv', 'customer_id\n', NO_ROWS],
  ['has another column', 'csv', 'customer\n1\n', `${LACKS} customer`],
  ['has the column in capitals', 'csv', 'Customer_ID\n1\n', `${LACKS} Customer_ID`],
  [
    'has the column twice',
    'csv',
    'customer_id,customer_id\n1,2\n',
    'column customer_id is in the header twice; rename',
  ],
  ['is cut by another character', 'csv', 'customer_id;x\n1;2\n', `${LACKS} customer_id;x`],
  ['has ragged rows', 'csv', 'customer_id,x\n1,a\n2\n', 'row 2: another number of cells than the header'],
  [
    'has a key of text',
    'csv',
    'customer_id\n1\nabc\n',
    '1 of 2 rows of the entity table cannot be read, and no row is left',
  ],
  ['has half a key', 'csv', 'customer_id\n1.5\n', 'row 1: customer_id: not a whole number'],
  ['has a key beyond 2^53', 'csv', 'customer_id\n9007199254740993\n', 'row 1: customer_id: beyond 2^53 - 1'],
  ['has a row without a key', 'csv', 'customer_id,x\n1,a\n,b\n', 'row 2: customer_id: a join key is missing'],
  ['has a key that is a null', 'csv', 'customer_id\nNA\n', 'a join key is missing', { nulls: ['NA'] }],
  ['has a zero byte', 'csv', 'customer_id\n1\u0000\n', 'row 1: customer_id: not a whole number'],
  ['has an open quote', 'csv', 'customer_id\n"1\n', 'cannot be read as CSV: Quote Not Closed'],
  ['has a cell of 10 MB', 'csv', `customer_id,note\n1,${'x'.repeat(10_000_000)}\n`, 'record exceed the maximum'],
  ['has a key of 2 MB', 'csv', `customer_id\n${'1'.repeat(2_000_000)}\n`, 'record exceed the maximum'],
  [
    'is UTF-16',
    'csv',
    Buffer.from('\ufeffcustomer_id\n1\n', 'utf16le'),
    'the file is UTF-16, a csv file has to be UTF-8',
  ],
  ['is Latin-1', 'csv', Buffer.from('customer_id,x\n1,é\n', 'latin1'), 'row 1: not valid UTF-8'],
  ['is Parquet', 'csv', good, 'the file is a Parquet file, not csv; give format "parquet"'],
  ['is empty', 'jsonl', '', LACKS],
  ['is no JSON in a line', 'jsonl', '{"customer_id":1}\n{oops\n', 'row 2: not a JSON object'],
  ['has lists', 'jsonl', '[1]\n', LACKS],
  ['has another name', 'jsonl', '{"customer":1}\n', `${LACKS} customer`],
  ['lacks a key in a line', 'jsonl', '{"customer_id":1}\n{"x":1}\n', 'row 2: customer_id: a join key is missing'],
  ['has a key of a structure', 'jsonl', '{"customer_id":{"a":1}}\n', 'row 1: customer_id: not a whole number'],
  ['has a key that is true', 'jsonl', '{"customer_id":true}\n', 'row 1: customer_id: not a whole number'],
  ['is empty', 'parquet', '', 'the file is no Parquet file: it does not begin with PAR1'],
  ['is text', 'parquet', 'customer_id\n1\n', 'the file is no Parquet file'],
  ['has no rows', 'parquet', keys([]), NO_ROWS],
  ['has keys of text', 'parquet', keys(['1', 'b'], 'string'), 'row 2: customer_id: not a whole number'],
  ['has a key that is null', 'parquet', keys([1, null]), 'row 2: customer_id: a join key is missing'],
  ['is cut short', 'parquet', good.slice(0, -10), 'cannot be read as Parquet: parquet file invalid (footer'],
  ['has a damaged page', 'parquet', flipped(good, 8), 'cannot be read as Parquet at rows 1 to 2:'],
  [
    'has a damaged footer',
    'parquet',
    flipped(good, good.length - 6),
    'cannot be read as Parquet: parquet metadata length',
  ],
];

describe('a file of entities is refused with what to mend, and nothing is asked', () => {
  it.each(cases.map(([why, format, body, says, csv = {}]) => ({ why, format, body, says, csv })))(
    'that $why ($format)',
    async ({ format, body, says, csv }) => {
      const file = await lab.upload(body, format);
      const before = await lab.objects.list(OFFLINE, '');
      const entities = { ...file, csv: { delimiter: ',', nulls: [], ...csv } };
      await expect(lab.predictAll({ entities })).rejects.toMatchObject({
        name: 'FileRejectedError',
        kind: 'invalid-input',
        message: expect.stringContaining(says),
      });
      expect(await lab.objects.list(OFFLINE, '')).toEqual(before);
      expect(lab.asked).toEqual([]);
    },
  );

  it.each([
    ['begins with a byte order mark', '\ufeffcustomer_id\n1\n'],
    ['ends its lines as Windows does', 'customer_id\r\n1\r\n'],
    ['names an entity that nobody knows', 'customer_id\n77\n'],
  ])('but not when it %s', async (_why, text) => {
    const file = await lab.upload(text);
    const report = await lab.predictAll({ entities: { ...file, csv: { delimiter: ',', nulls: [] } } });
    expect(report).toMatchObject({ rows: 1, entities: { sha256: file.sha256 } });
  });
});
