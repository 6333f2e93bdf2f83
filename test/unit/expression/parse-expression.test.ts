import { describe, expect, it } from 'vitest';
import { expressionColumns } from '../../../core/expression/expression.ts';
import { parseExpression } from '../../../core/expression/parse-expression.ts';
import { typeOfExpression } from '../../../core/expression/type-of-expression.ts';

const columns = {
  quantity: 'int64',
  price: 'float64',
  country: 'string',
  returned: 'boolean',
  at: 'timestamp',
} as const;

describe('the type of an expression', () => {
  it.each([
    ['quantity + 1', 'int64'],
    ['quantity + 1.0', 'float64'],
    ['quantity / 2', 'float64'],
    ['quantity > 1', 'boolean'],
    ["country || 'x'", 'string'],
    ['at', 'timestamp'],
    ['at - at', 'int64'],
    ['at - null', 'int64'],
    ['case when returned then null else quantity end', 'int64'],
    ['coalesce(null, price)', 'float64'],
    ['coalesce(quantity, price)', 'float64'],
    ['cast(null as double)', 'float64'],
    ['least(at, at)', 'timestamp'],
    ['year(at)', 'int64'],
  ])('%s is %s', (text, type) => {
    expect(typeOfExpression(parseExpression(text), columns)).toBe(type);
  });
});

describe('an expression that cannot be used', () => {
  it.each([
    ['', 'position 1', 'it is empty'],
    ['quantity +', 'position 11', 'found the end, expected a column'],
    ['quantity ** 2', 'position 11', 'found "*"'],
    ['quantity price', 'position 10', 'expected an operator or the end'],
    ['(quantity', 'position 10', 'found the end, expected )'],
    ["country = 'GB", 'position 11', 'does not end'],
    ['quantity & 1', 'position 10', 'has no meaning here'],
    ['quantity; drop', 'position 9', '";"'],
    ['1 < quantity < 3', 'position 14', 'comparisons cannot be chained'],
    ['quantity is 1', 'position 13', 'expected NULL'],
    ['quantity not 1', 'position 14', 'expected IN, BETWEEN or LIKE'],
    ['country like country', 'position 14', 'literal pattern'],
    ['cast(quantity as decimal)', 'position 18', 'bigint, double, varchar, boolean'],
    ['case end', 'position 6', 'a column of that name is written in double quotes'],
    ['case when returned then 1', 'position 26', 'expected END'],
    ['sleep(1)', 'position 1', 'there is no function sleep; known: abs, ceil, coalesce'],
    ['amount + 1', 'position 1', 'there is no column "amount"; known: quantity, price, country, returned, at'],
    ['constructor', 'position 1', 'there is no column "constructor"'],
    ['quantity + country', 'position 1', 'found int64 and string'],
    ['country * 2', 'position 1', 'found string and int64'],
    ['country + country', 'position 1', '+ needs a number (int64 or float64), found a string'],
    ['at + at', 'position 1', '+ needs a number'],
    ['at > 5', 'position 1', "an instant is written TIMESTAMP '2024-01-31T12:00:00Z'"],
    ['quantity and returned', 'position 1', 'AND needs a boolean, found a int64'],
    ['returned < true', 'position 10', 'booleans have no order'],
    ['null', 'position 1', 'CAST(NULL AS double)'],
    ['cast(price as varchar)', 'position 1', 'float64 cannot be cast to string; it can be cast to int64, boolean'],
    ['round(price, quantity)', 'position 14', 'whole number written out, from 0 to 15'],
    ['substr(country, 0)', 'position 17', 'from 1 to'],
    ['abs(1, 2)', 'position 1', 'abs takes 1 argument, found 2'],
    ['year(quantity)', 'position 6', 'year needs a timestamp, found a int64'],
    ["timestamp '2024-02-30'", 'position 11', 'is not an instant'],
    ['9007199254740992', 'position 1', 'out of range'],
    [`'${'x'.repeat(501)}'`, 'position 1', 'at most 500'],
    [`${'('.repeat(70)}1${')'.repeat(70)}`, 'position 65', 'nested deeper than 64'],
    ['1'.repeat(4001), 'position 4001', 'at most 4000'],
  ])('%s', (text, position, problem) => {
    const check = () => typeOfExpression(parseExpression(text), columns);
    expect(check).toThrow(`at ${position}`);
    expect(check).toThrow(problem);
  });
});

it('names the columns it reads once and in order', () => {
  expect(expressionColumns(parseExpression('case when b > a then a else coalesce(c, b) end'))).toEqual(['a', 'b', 'c']);
});
