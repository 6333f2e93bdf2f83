import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Value } from '../../core/definitions/value-type.ts';
import { compileExpression } from '../../core/expression/compile-expression.ts';
import type { Expression } from '../../core/expression/expression.ts';
import { ExpressionError } from '../../core/expression/expression-error.ts';
import { expressionToSql } from '../../core/expression/expression-to-sql.ts';
import { parseExpression } from '../../core/expression/parse-expression.ts';
import { listSql, nameSql, type Sql, sql } from '../../core/sql/sql.ts';
import { builtExpression } from './built-expressions.ts';
import { AthenaLab, DATABASE, type LabRow } from './sql/athena-lab.ts';
import { COLUMNS, ROWS, writtenExpression } from './written-expressions.ts';

/** Another number, for example EXPRESSION_SEED=7, gives other expressions. */
const SEED = Number(process.env['EXPRESSION_SEED'] ?? 20_240_229);
const EACH = 5_000;
/** So many of them may be of any length; planning long ones is what takes time. */
const LONG = 100;
const SHORT_SQL = 600;
/** The engines' versions of these differ in the last bit, which a remainder or a comparison makes large at times. */
const INEXACT = /\b(ln|exp|power)\(/i;
/** Expressions with such a function that may differ by more than rounding. */
const MAX_AMPLIFIED = EACH / 1_000;
/** One statement of DuckDB computes so many. */
const BATCH = 100;

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
  const columns = [{ name: 'n', type: 'int64' as const }].concat(
    Object.entries(COLUMNS).map(([name, type]) => ({ name, type: type as 'int64' })),
  );
  await lab.table(
    'r',
    columns,
    ROWS.map((row, n) => ({ n, ...row })),
  );
});
afterAll(() => lab.close());

describe(`10,000 random expressions (EXPRESSION_SEED=${SEED})`, () => {
  it('give the same in the closure and in SQL when they are written', async () => {
    const written = chosen(fc.sample(writtenExpression, { seed: SEED, numRuns: EACH * 3 }));
    await compare(written.map(parseExpression));
  }, 300_000);

  it('are printed by the builder as they are meant, and give the same in the closure and in SQL', async () => {
    const built = fc.sample(builtExpression, { seed: SEED, numRuns: EACH * 3 });
    const meant = new Map(built.map(({ built: { printed }, written }) => [printed.text, written]));
    const texts = chosen([...meant.keys()]);
    for (const text of texts) {
      const [printed, written] = [text, meant.get(text) ?? ''].map((one) => withoutPlaces(parseExpression(one)));
      if (printed !== written) expect.fail(`seed ${SEED}: ${text} is not ${meant.get(text)}`);
    }
    await compare(texts.map(parseExpression));
  }, 300_000);
});

/** Different ones; those that are too deep for SQL, and so are refused when they are defined, are left out. */
function chosen(texts: readonly string[]): readonly string[] {
  const sized = [...new Set(texts)].flatMap((text) => {
    const length = sqlLength(text);
    return length === null ? [] : [{ text, isShort: length <= SHORT_SQL }];
  });
  const short = sized.filter(({ isShort }) => isShort).slice(0, EACH - LONG);
  const long = sized.filter(({ isShort }) => !isShort).slice(0, LONG);
  return [...short, ...long].map(({ text }) => text);
}

function sqlLength(text: string): number | null {
  try {
    return expressionToSql(parseExpression(text), COLUMNS, (name) => nameSql(name).text).text.length;
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}

async function compare(expressions: readonly Expression[]): Promise<void> {
  expect(expressions.length).toBe(EACH);
  const amplified: string[] = [];
  for (let from = 0; from < expressions.length; from += BATCH) {
    const batch = expressions.slice(from, from + BATCH);
    const found = await lab.run(statementOf(batch));
    batch.forEach((expression, i) => {
      const difference = differenceOf(expression, found, `c${i}`);
      if (difference === null) return;
      if (!INEXACT.test(expression.text)) expect.fail(difference);
      amplified.push(difference);
    });
  }
  expect(amplified.length, amplified.join('\n')).toBeLessThanOrEqual(MAX_AMPLIFIED);
}

function statementOf(batch: readonly Expression[]): Sql {
  const items = batch.map(
    (expression, i) =>
      sql`${expressionToSql(expression, COLUMNS, (name) => nameSql(name).text)} as ${nameSql(`c${i}`)}`,
  );
  return sql`select ${listSql(items)} from ${nameSql('r', DATABASE)} order by ${nameSql('n')}`;
}

function differenceOf(expression: Expression, found: readonly LabRow[], column: string): string | null {
  const compute = compileExpression(expression, COLUMNS);
  for (const [n, row] of ROWS.entries()) {
    const inSql = found[n]?.[column] as Value; // columns of the types alone are in it
    const inClosure = compute(row);
    if (isSame(inSql, inClosure)) continue;
    return `seed ${SEED}: ${expression.text}: row ${n} is ${inSql} in SQL, ${inClosure} in the closure`;
  }
  return null;
}

/** Up to the last bits, in which the engines' versions of some functions differ. */
function isSame(a: Value, b: Value): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}

/** What an expression says, wherever its words stand. */
function withoutPlaces({ root }: Expression): string {
  return JSON.stringify(root, (key, member: unknown) => (key === 'at' ? undefined : member));
}
