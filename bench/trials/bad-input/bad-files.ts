import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetOf, shopOrders } from '../../../test/e2e/shop-orders.ts';
import type { BadCase } from './bad-case.ts';
import { commandReply } from './command.ts';
import type { PlatformCounts } from './platform-counts.ts';

interface FileCase {
  readonly code?: string;
  readonly says: readonly string[];
  readonly changes?: Partial<PlatformCounts>;
  readonly args?: readonly string[];
}

const HEADER = 'order_id,customer_id,ordered_at,amount,channel';
const row = (id: string, fields: { at?: string; customer?: string; amount?: string; channel?: string } = {}) =>
  [
    id,
    fields.customer ?? '7',
    fields.at ?? '2026-01-05T10:00:00Z',
    fields.amount ?? '12.50',
    fields.channel ?? 'web',
  ].join();
const csv = (...lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`;
const orders = shopOrders().slice(0, 40);

/** `headgate ingest orders FILE`. */
function file(why: string, name: string, content: string | Uint8Array, given: FileCase): BadCase {
  const { code = 'exit 1', args = [], ...rest } = given;
  return {
    door: 'file',
    why,
    async attempt({ dir, url }) {
      const path = join(dir, name);
      await writeFile(path, content);
      return commandReply(['ingest', 'orders', path, ...args, '--url', url]);
    },
    code,
    ...rest,
  };
}

export const BAD_FILES: readonly BadCase[] = [
  file('an empty file', 'empty.csv', '', { says: ['empty.csv is empty'] }),
  file('a header alone', 'header.csv', csv(), { says: ['has no rows'] }),
  file('a column missing', 'lacks.csv', 'order_id,customer_id,amount,channel\nA,7,1,web\n', {
    says: ['lacks ordered_at', 'its columns are order_id, customer_id'],
  }),
  file('another delimiter', 'semicolon.csv', csv(row('D1')).replaceAll(',', ';'), {
    says: ['lacks order_id', 'delimiter ","'],
  }),
  file('a column in the header twice', 'twice.csv', `${HEADER},amount\n${row('T1')},3\n`, {
    says: ['column amount is in the header twice', 'rename'],
  }),
  file('all rows bad', 'bad.csv', csv(row('B1', { amount: 'much' }), row('B2', { at: 'yesterday' })), {
    says: ['none of the 2 rows', 'source "orders"', 'most often (1): amount: not a number'],
  }),
  file('timestamps in the future', 'future.csv', csv(row('F1', { at: '2999-01-01T00:00:00Z' })), {
    says: ['ordered_at: event time in the future'],
  }),
  file('timestamps in seconds', 'seconds.csv', csv(row('F2', { at: '1767600000' })), {
    says: ['looks like epoch seconds; give milliseconds'],
  }),
  file(
    'infinity, 2^53, no customer, text for a number, too many cells, a day that is none; and one good row',
    'mixed.csv',
    csv(
      row('M1', { amount: 'Infinity' }),
      row('M2', { customer: '9007199254740993' }),
      row('M3', { customer: '' }),
      row('M4', { amount: '1,5' }),
      row('M5', { at: '2026-02-30' }),
      row('M6', { amount: 'NaN' }),
      row('M7'),
    ),
    {
      code: 'exit 0',
      says: ['rows quarantined  6', 'amount: not finite', 'customer_id: beyond 2^53 - 1', 'number of cells'],
      changes: { 'source rows': 1, files: 1 },
    },
  ),
  file(
    'a byte order mark, CRLF, quotes, a line break and a delimiter in quotes',
    'excel.csv',
    `\ufeff${csv(`"E1",7,2026-01-06T10:00:00Z,"3.5","we,b\r\n""quoted"""`, row('E2')).replaceAll('\n', '\r\n')}`,
    { code: 'exit 0', says: ['rows written      2', 'rows quarantined  0'], changes: { 'source rows': 2, files: 1 } },
  ),
  file('a quote that is never closed', 'unclosed.csv', `${csv(row('Q1'))}"Q2,7,2026-01-05,1,web\n`, {
    says: ['cannot be read as CSV', 'uote'],
  }),
  file('no UTF-8 in one row', 'latin.csv', Buffer.from(csv(row('L1', { channel: 'Büro' }), row('L2')), 'latin1'), {
    code: 'exit 0',
    says: ['rows quarantined  1', 'not valid UTF-8'],
    changes: { 'source rows': 1, files: 1 },
  }),
  file('UTF-16', 'wide.csv', Buffer.from(`\ufeff${csv(row('W1'))}`, 'utf16le'), {
    says: ['UTF-16', 'save it as UTF-8'],
  }),
  file('compressed', 'orders-gz.csv', gzipSync(csv(row('Z1'))), { says: ['gzip', 'decompress it'] }),
  file('a cell of 70 KB', 'long.csv', csv(row('X1', { channel: 'x'.repeat(70_000) }), row('X2')), {
    code: 'exit 0',
    says: ['channel: longer than 64 KiB'],
    changes: { 'source rows': 1, files: 1 },
  }),
  file('a Parquet file that says it is CSV', 'parquet.csv', parquetOf(orders), { says: ['a Parquet file', 'format'] }),
  file('a CSV file that says it is Parquet', 'csv.parquet', csv(row('P1')), { says: ['no Parquet file', 'PAR1'] }),
  file('a truncated Parquet file', 'cut.parquet', parquetOf(orders).slice(0, -200), { says: ['Parquet'] }),
  file('a damaged Parquet file', 'damaged.parquet', parquetOf(orders).fill(0xff, 30, 120), { says: ['Parquet'] }),
  file('a Parquet file with all rows bad', 'bad.parquet', parquetOf(orders, 40), {
    says: ['none of the 40 rows', 'amount: required, but missing'],
  }),
  file(
    'JSON lines: a list, half an object, a prototype',
    'bad.jsonl',
    '[1]\n{"order_id":\n{"__proto__":{"amount":1}}\n',
    {
      says: ['none of the 3 rows', 'not a JSON object'],
    },
  ),
  file('a format nobody reads', 'orders.xlsx', csv(row('S1')), { says: ['"orders.xlsx"', 'csv, parquet, jsonl'] }),
  file('a format that there is not', 'mistyped.csv', csv(row('S2')), {
    args: ['--format', 'avro'],
    code: 'exit 2',
    says: ['avro', 'csv, parquet, jsonl'],
  }),
  {
    door: 'file',
    why: 'the same file again',
    attempt: ({ ordersCsv, url }) => commandReply(['ingest', 'orders', ordersCsv, '--url', url]),
    code: 'exit 0',
    says: ['was loaded before; nothing has changed'],
  },
  {
    door: 'file',
    why: 'an unknown view',
    attempt: ({ ordersCsv, url }) => commandReply(['ingest', 'sales', ordersCsv, '--url', url]),
    code: 'exit 1',
    says: ['"sales"', 'known: ', 'order_habit'],
  },
];
