import { describe, expect, it } from 'vitest';
import { expressionToSql } from '../../../core/expression/expression-to-sql.ts';
import { parseExpression } from '../../../core/expression/parse-expression.ts';

const columns = { quantity: 'int64', price: 'float64', country: 'string' } as const;
const toSql = (text: string) => expressionToSql(parseExpression(text), columns, (name) => `s."${name}"`);

describe('an expression as SQL', () => {
  it('keeps literals out of the text', () => {
    expect(toSql("country = 'a''b' or country in ('c', 'd')")).toEqual({
      text: '((s."country" = CAST(? AS varchar)) OR (s."country" IN (CAST(? AS varchar), CAST(? AS varchar))))',
      params: ["a'b", 'c', 'd'],
    });
  });

  it('widens whole numbers where they meet others, and nulls what is not finite', () => {
    const { text, params } = toSql('quantity * price');
    const product = 'CAST(s."quantity" AS double) * s."price"';
    expect(text).toBe(`CASE WHEN abs(${product}) <= 1.7976931348623157E308 THEN ${product} END`);
    expect(params).toEqual([]);
  });

  it('tests every whole-number term in one place', () => {
    const square = 'CAST(s."quantity" AS double) * CAST(s."quantity" AS double)';
    const limit = '9007199254740992e0';
    expect(toSql('quantity * quantity - 1')).toEqual({
      text: `CASE WHEN abs(${square}) < ${limit} AND abs((${square}) - CAST(? AS double)) < ${limit} THEN CAST((${square}) - CAST(? AS double) AS bigint) END`,
      params: [1, 1],
    });
  });

  it('writes chains without parentheses', () => {
    expect(toSql('quantity > 1 and quantity > 2 and quantity > 3').text).toBe(
      '((s."quantity" > CAST(? AS bigint)) AND (s."quantity" > CAST(? AS bigint)) AND (s."quantity" > CAST(? AS bigint)))',
    );
    expect(toSql('price + price - price + 1').text).toContain(
      'abs(s."price" + s."price" - s."price" + CAST(? AS double))',
    );
    expect(toSql('price - (price - price)').text).toContain('abs(s."price" - (s."price" - s."price"))');
  });

  it('stays small for a long chain', () => {
    expect(toSql(Array.from({ length: 600 }, () => 'price').join('+')).text.length).toBeLessThan(20_000);
  });

  it.each([
    ['too long', nested(10, 'quantity + 1'), 'more than 50000 characters of SQL, so nest less'],
    ['too deep', `${'abs(ceil('.repeat(11)}price${'))'.repeat(11)}`, 'more than 20 levels of SQL, so nest less'],
  ])('refuses what becomes %s', (_why, text, says) => {
    expect(() => toSql(text)).toThrow(says);
  });
});

/** Nested calls of `least`, which writes its arguments twice. */
function nested(times: number, inner: string): string {
  return Array.from({ length: times }).reduce<string>((text) => `least(${text}, price, quantity)`, inner);
}
