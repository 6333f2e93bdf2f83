import { describe, expect, it } from 'vitest';
import { athenaLiterals, joinSql, listSql, nameSql, sql, wholeSql } from '../../../core/sql/sql.ts';
import { unloadQuery } from '../../../core/sql/unload-query.ts';
import { unloadSql } from '../../../core/sql/unload-sql.ts';

describe('a statement', () => {
  it('takes values as parameters, in the order of its text, wherever parts are put', () => {
    const inner = sql`${nameSql('amount', 'r')} > ${5}`;
    const whole = sql`select ${'tea'} from ${nameSql('source_sales', 'headgate_dev')} r where ${inner} and ${inner} or ${true}`;
    expect(whole).toEqual({
      text: 'select ? from "headgate_dev"."source_sales" r where "r"."amount" > ? and "r"."amount" > ? or ?',
      params: ['tea', 5, 5, true],
    });
  });

  it('joins parts and their parameters', () => {
    expect(joinSql([sql`a = ${1}`, sql`b = ${2}`], ' and ')).toEqual({ text: 'a = ? and b = ?', params: [1, 2] });
    expect(listSql([sql`a`, sql`b`]).text).toBe('a, b');
  });

  it('refuses literals in its own text, which would be values that nobody checks', () => {
    expect(() => sql`select 'tea'`).toThrow(/a literal in the text/);
    expect(() => sql`select ? from t`).toThrow(/a literal in the text/);
  });

  it.each(['Amount', 'a"b', '1a', 'a b', '', 'a;', `x${'y'.repeat(128)}`])('refuses the name %j', (name) => {
    expect(() => nameSql(name)).toThrow(/cannot name a column or table/);
  });

  it('writes whole numbers as digits, negative ones in parentheses, and no others', () => {
    expect([wholeSql(7).text, wholeSql(-7).text]).toEqual(['7', '(-7)']);
    expect(() => wholeSql(0.5)).toThrow(/not a whole number/);
  });
});

describe('execution parameters', () => {
  it('are literals of Athena: quotes doubled, whole numbers plain, others with an exponent so that they are doubles', () => {
    expect(athenaLiterals(["O'Brien", 1, -3, 1.5, 1e21, -0, 0.1, true, false])).toEqual([
      "'O''Brien'",
      '1',
      '-3',
      '1.5E+0',
      '1E+21',
      '-0E0',
      '1E-1',
      'true',
      'false',
    ]);
  });

  it('are refused when they are not finite or longer than Athena takes', () => {
    expect(() => athenaLiterals([Number.NaN])).toThrow(/not a finite number/);
    expect(() => athenaLiterals(['x'.repeat(1_023)])).toThrow(/at most 1024/);
    expect(athenaLiterals(['x'.repeat(1_022)])[0]).toHaveLength(1_024);
  });
});

describe('an UNLOAD', () => {
  it('wraps a statement and keeps its parameters', () => {
    expect(unloadSql(sql`select ${1}`, 's3://bucket-1/a/b=2026-03-01/c/')).toEqual({
      text: "UNLOAD (select ?) TO 's3://bucket-1/a/b=2026-03-01/c/' WITH (format = 'PARQUET', compression = 'SNAPPY')",
      params: [1],
    });
  });

  it('writes into a folder for each value of the last column when one is named', () => {
    const { text } = unloadSql(sql`select 1 as "a", 2 as "part"`, 's3://bucket-1/a/', 'part');
    expect(text).toContain("WITH (format = 'PARQUET', compression = 'SNAPPY', partitioned_by = ARRAY['part'])");
    expect(() => unloadSql(sql`select 1`, 's3://bucket-1/a/', "p']")).toThrow(/cannot name folders/);
  });

  it.each(["s3://b/a'/", 's3://bucket/a', 'https://bucket/a/', 's3://bucket/a b/'])('refuses the target %j', (uri) => {
    expect(() => unloadSql(sql`select 1`, uri)).toThrow(/is no s3:/);
  });

  const place = { database: 'headgate_dev', workgroup: 'headgate-dev', offlineBucket: 'bucket-1' };

  it('is asked for with the parameters as literals, and under one token for equal queries', () => {
    const query = unloadQuery(place, sql`select ${'tea'}`, 'view/a/', 'view spending');
    expect(query).toMatchObject({ ExecutionParameters: ["'tea'"], WorkGroup: 'headgate-dev' });
    expect(unloadQuery(place, sql`select ${'tea'}`, 'view/a/', 'x').ClientRequestToken).toBe(query.ClientRequestToken);
    expect(unloadQuery(place, sql`select 1`, 'view/a/', 'x')).not.toHaveProperty('ExecutionParameters');
  });

  it('is refused before it is sent when a state machine could not hand it on; quotes count twice there', () => {
    const ask = (text: string) => () => unloadQuery(place, { text, params: [] }, 'view/a/', 'view spending');
    expect(ask('x'.repeat(239_000))).not.toThrow();
    expect(ask('x'.repeat(240_000))).toThrow(/the query of view spending has \d+ bytes; at most 240000/);
    expect(ask('"'.repeat(120_000))).toThrow(/at most 240000/);
    expect(ask('é'.repeat(120_000))).toThrow(/at most 240000/);
  });
});
