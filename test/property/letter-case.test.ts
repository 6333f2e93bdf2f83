import { afterAll, beforeAll, expect, it } from 'vitest';
import { lowerText, upperText } from '../../core/expression/letter-case.ts';
import { nameSql, sql } from '../../core/sql/sql.ts';
import { AthenaLab, DATABASE } from './sql/athena-lab.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

/** Letters that came with Unicode 16 and 17, which engines learn at different times. */
const isNew = (code: number) =>
  [0x19b, 0x264, 0x1c89, 0x1c8a].includes(code) ||
  (code >= 0xa7cb && code <= 0xa7dc) ||
  (code >= 0x10d50 && code <= 0x16ed3);

const LETTERS = Array.from({ length: 0x110000 }, (_, code) => code).filter(
  (code) => /[\p{Cased}\p{Changes_When_Casemapped}]/u.test(String.fromCodePoint(code)) && !isNew(code),
);

it('gives every letter that has a case the one that SQL gives it', async () => {
  const rows = LETTERS.map((n) => ({ n, s: String.fromCodePoint(n) }));
  await lab.table(
    'letters',
    [
      { name: 'n', type: 'int64' },
      { name: 's', type: 'string' },
    ],
    rows,
  );
  const [s, n] = [nameSql('s'), nameSql('n')];
  const found = await lab.run(
    sql`select ${n}, upper(${s}) as u, lower(${s}) as l from ${nameSql('letters', DATABASE)} order by ${n}`,
  );
  const differing = found.filter(({ u, l }, i) => u !== upperText(rows[i]!.s) || l !== lowerText(rows[i]!.s));
  expect(found.length).toBe(rows.length);
  expect(differing).toEqual([]);
});
