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
    const written = distinct(fc.sample(writtenExpression, { seed: SEED, numRuns: EACH * 2 }));
    await compare(written.slice(0, EACH).map(parseExpression));
  }, 300_000);

  it('are printed by the builder as they are meant, and give the same in the closure and in SQL', async () => {
    const built = fc.sample(builtExpression, { seed: SEED, numRuns: EACH * 2 });
    const pairs = new Map(built.map(({ built: { printed }, written }) => [printed.text, written]));
    const fitting = [...pairs].filter(([text]) => fits(text)).slice(0, EACH);
    for (const [text, written] of fitting) {
      expect(withoutPlaces(parseExpression(text)), `seed ${SEED}: ${text}`).toEqual(
        withoutPlaces(parseExpression(written)),
      );
    }
    await compare(fitting.map(([text]) => parseExpression(text)));
  }, 300_000);
});

/** Expressions that are too deep for SQL are refused when they are defined. */
function fits(text: string): boolean {
  try {
    expressionToSql(parseExpression(text), COLUMNS, (name) => nameSql(name).text);
    return true;
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

async function compare(expressions: readonly Expression[]): Promise<void> {
  expect(expressions.length).toBe(EACH);
  for (let from = 0; from < expressions.length; from += BATCH) {
    const batch = expressions.slice(from, from + BATCH);
    const found = await lab.run(statementOf(batch));
    batch.forEach((expression, i) => void compareRows(expression, found, `c${i}`));
  }
}

function statementOf(batch: readonly Expression[]): Sql {
  const items = batch.map(
    (expression, i) =>
      sql`${expressionToSql(expression, COLUMNS, (name) => nameSql(name).text)} as ${nameSql(`c${i}`)}`,
  );
  return sql`select ${listSql(items)} from ${nameSql('r', DATABASE)} order by ${nameSql('n')}`;
}

function compareRows(expression: Expression, found: readonly LabRow[], column: string): void {
  const compute = compileExpression(expression, COLUMNS);
  ROWS.forEach((row, n) => {
    const inSql = found[n]?.[column] as Value; // columns of the types alone are in it
    const inClosure = compute(row);
    if (isSame(inSql, inClosure)) return;
    expect.fail(`seed ${SEED}: ${expression.text}: row ${n} is ${inSql} in SQL, ${inClosure} in the closure`);
  });
}

/** The engines' versions of ln, exp and power differ in the last bit. */
function isSame(a: Value, b: Value): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter(fits);
}

function withoutPlaces({ root }: Expression): unknown {
  return JSON.parse(JSON.stringify(root, (key, member: unknown) => (key === 'at' ? undefined : member)));
}
