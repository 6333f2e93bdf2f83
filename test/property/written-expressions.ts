import fc from 'fast-check';
import type { Row } from '../../core/definitions/value-type.ts';

export const COLUMNS = {
  i: 'int64',
  j: 'int64',
  x: 'float64',
  y: 'float64',
  s: 'string',
  t: 'string',
  b: 'boolean',
  at: 'timestamp',
} as const;

const MAX = Number.MAX_SAFE_INTEGER;
/** Limits, ties, nulls, and what engines are known to disagree on. */
export const ROWS: readonly Row[] = [
  { i: 3, j: -2, x: 2.5, y: -0.5, s: 'GB', t: 'gb', b: true, at: Date.parse('2024-02-29T23:59:59.999Z') },
  { i: 0, j: 0, x: 0, y: 0, s: '', t: ' ', b: false, at: 0 },
  { i: null, j: null, x: null, y: null, s: null, t: null, b: null, at: null },
  { i: MAX, j: -MAX, x: 1.7e308, y: -1.7e308, s: '😀a', t: '\uffee', b: true, at: Date.parse('2000-01-01T00:00:00Z') },
  { i: -7, j: 12, x: 5e-324, y: 1e-300, s: '12', t: '-1.5e2', b: null, at: -1 },
  { i: 94906266, j: 94906267, x: -0.49999999999999994, y: 1e15, s: 'true', t: 'é%_', b: false, at: 1.7e12 },
  { i: 1, j: null, x: null, y: 1.005, s: null, t: "it's", b: true, at: Date.parse('1969-12-31T12:00:00Z') },
  { i: 2, j: 3, x: 100.5, y: 0.1, s: 'abc', t: 'b', b: false, at: Date.parse('2023-12-31T23:59:59.999Z') },
  { i: -1, j: 1, x: -1, y: 1, s: ' G ', t: 'G', b: true, at: Date.parse('2024-01-01T00:00:00Z') },
  { i: MAX, j: 1, x: 0.5, y: 1.5, s: '9007199254740991', t: '9007199254740992', b: null, at: 8.64e15 },
  { i: -MAX, j: -1, x: -2.5, y: 3.5, s: '-0', t: '+7', b: true, at: Date.parse('1900-02-28T12:34:56Z') },
  { i: 1024, j: 10, x: 1e-5, y: 123456.789, s: 'Straße', t: 'ÀÉ', b: false, at: 86_400_000 },
  { i: 5, j: 0, x: null, y: 0, s: 'false', t: '1e999', b: true, at: 86_399_999 },
  { i: null, j: 4, x: 9.9e15, y: -1e-300, s: '', t: null, b: null, at: null },
];

const word = (...options: string[]) => fc.constantFrom(...options);

/** Texts of well-typed expressions; the engines' versions of ln, exp and power differ in the last bit, see `isSame`. */
const { whole, number, text, truth } = fc.letrec<Record<'whole' | 'number' | 'text' | 'truth' | 'instant', string>>(
  (of) => ({
    whole: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, maxDepth: 2 },
      word('i', 'j', '0', '1', '-3', '7', String(MAX)),
      fc.tuple(of('whole'), word('+', '-', '*', '%'), of('whole')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(word('abs', 'floor', 'ceil', 'round', '-'), of('whole')).map(([name, a]) => `${name}(${a})`),
      fc.tuple(word('length', 'length', 'length'), of('text')).map(([name, a]) => `${name}(${a})`),
      fc.tuple(word('year', 'month', 'day', 'hour', 'day_of_week'), of('instant')).map(([name, a]) => `${name}(${a})`),
      fc.tuple(word('x', 'y', 's', 't', 'b', 'at'), fc.constant('bigint')).map(([a, to]) => `cast(${a} as ${to})`),
      fc.tuple(of('number')).map(([a]) => `cast(${a} as bigint)`),
      fc.tuple(of('truth'), of('whole'), of('whole')).map(([c, a, b]) => `case when ${c} then ${a} else ${b} end`),
      fc
        .tuple(word('least', 'greatest', 'coalesce', 'nullif'), of('whole'), of('whole'))
        .map(([n, a, b]) => `${n}(${a}, ${b})`),
    ),
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, maxDepth: 2 },
      word('x', 'y', '0.5', '2.0', '1e300'),
      fc.tuple(of('number'), word('+', '-', '*', '/', '%'), of('number')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(of('whole'), word('/'), of('whole')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(word('abs', 'floor', 'ceil', 'round', 'sqrt', 'ln', 'exp', '-'), of('number'))
        .map(([n, a]) => `${n}(${a})`),
      fc.tuple(of('number'), of('whole')).map(([a, b]) => `power(${a}, ${b})`),
      fc.tuple(of('number'), word('1', '2', '6')).map(([a, digits]) => `round(${a}, ${digits})`),
      fc.tuple(word('s', 't', 'i', 'b')).map(([a]) => `cast(${a} as double)`),
      fc.tuple(of('truth'), of('number'), of('whole')).map(([c, a, b]) => `case when ${c} then ${a} else ${b} end`),
      fc
        .tuple(word('least', 'greatest', 'coalesce', 'nullif'), of('number'), of('whole'))
        .map(([n, a, b]) => `${n}(${a}, ${b})`),
    ),
    text: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, maxDepth: 2 },
      word('s', 't', "'GB'", "'😀'", "'it''s'", "' 12 '", "'a\\tb\\'"),
      fc.tuple(of('text'), of('text')).map(([a, b]) => `(${a} || ${b})`),
      fc.tuple(word('lower', 'upper', 'trim'), of('text')).map(([n, a]) => `${n}(${a})`),
      fc.tuple(of('text'), word('1', '2'), word('0', '1', '3')).map(([a, from, n]) => `substr(${a}, ${from}, ${n})`),
      fc.tuple(word('i', 'b', 'j')).map(([a]) => `cast(${a} as varchar)`),
      fc.tuple(of('truth'), of('text'), of('text')).map(([c, a, b]) => `case when ${c} then ${a} else ${b} end`),
      fc
        .tuple(word('least', 'greatest', 'coalesce', 'nullif'), of('text'), of('text'))
        .map(([n, a, b]) => `${n}(${a}, ${b})`),
    ),
    truth: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, maxDepth: 2 },
      word('b', 'true', 'false', 'x is null', 's is not null'),
      fc.tuple(of('truth'), word('and', 'or', '=', '<>'), of('truth')).map(([a, op, c]) => `((${a}) ${op} (${c}))`),
      fc.tuple(of('truth')).map(([a]) => `(not (${a}))`),
      fc
        .tuple(of('whole'), word('=', '<>', '<', '<=', '>', '>='), of('number'))
        .map(([a, op, c]) => `(${a} ${op} ${c})`),
      fc.tuple(of('text'), word('=', '<>', '<', '<=', '>', '>='), of('text')).map(([a, op, c]) => `(${a} ${op} ${c})`),
      fc
        .tuple(of('whole'), word('in', 'not in'), of('whole'), word('null', '2', 'j'))
        .map(([a, op, c, d]) => `(${a} ${op} (${c}, ${d}))`),
      fc.tuple(of('number'), word('between', 'not between')).map(([a, op]) => `(${a} ${op} -1 and x)`),
      fc
        .tuple(of('text'), word('like', 'not like'), word("'%'", "'_'", "'G%'", "'%😀%'", "'1._'", "''"))
        .map(([a, op, c]) => `(${a} ${op} ${c})`),
      fc.tuple(of('text'), of('text')).map(([a, c]) => `starts_with(${a}, ${c})`),
    ),
    instant: fc.oneof(word('at', "timestamp '2023-12-31T23:00:00Z'", "coalesce(at, timestamp '1900-03-01')")),
  }),
);

export const writtenExpression: fc.Arbitrary<string> = fc.oneof(whole, number, text, truth);
