import fc from 'fast-check';
import { greatest, least, value, when } from '../../contracts/definitions/expression-functions.ts';
import { type Kind, OnDemandExpression } from '../../contracts/definitions/on-demand-expression.ts';
import { columnText } from '../../contracts/definitions/printed-expression.ts';

/** An expression that was built, and its meaning written by hand with every parenthesis. */
export interface Built<K extends Kind = Kind> {
  readonly built: OnDemandExpression<K>;
  readonly written: string;
}

type Pair<K extends Kind> = fc.Arbitrary<Built<K>>;
interface Kinds {
  readonly number: Built<'number'>;
  readonly text: Built<'text'>;
  readonly boolean: Built<'boolean'>;
  readonly instant: Built<'instant'>;
}

const column = <K extends Kind>(...names: string[]): Pair<K> =>
  fc
    .constantFrom(...names)
    .map((name) => ({ built: new OnDemandExpression<K>(columnText(name)), written: `"${name}"` }));

const literal = <V extends number | string | boolean>(...values: V[]) =>
  fc.constantFrom(...values).map((one) => ({
    built: value(one),
    written: typeof one === 'string' ? `'${one.replaceAll("'", "''")}'` : `(${one})`,
  }));

const DEPTH = { depthSize: 'small', maxDepth: 3 } as const;

const { number, text, boolean } = fc.letrec<Kinds>((of) => {
  // each member of Kinds is the Built of its name
  const some = <K extends Kind>(kind: K): Pair<K> => of(kind) as unknown as Pair<K>;
  const unary = <F extends Kind, K extends Kind>(
    from: F,
    steps: Readonly<Record<string, (a: OnDemandExpression<F>) => OnDemandExpression<K>>>,
  ): Pair<K> =>
    fc.tuple(some(from), fc.constantFrom(...Object.entries(steps))).map(([a, [form, step]]) => ({
      built: step(a.built),
      written: form.replaceAll('a', `(${a.written})`).replaceAll('A', 'a'),
    }));
  const binary = <F extends Kind, K extends Kind>(
    from: F,
    steps: Readonly<Record<string, (a: OnDemandExpression<F>, b: OnDemandExpression<F>) => OnDemandExpression<K>>>,
  ): Pair<K> =>
    fc.tuple(some(from), some(from), fc.constantFrom(...Object.entries(steps))).map(([a, b, [operator, step]]) => ({
      built: step(a.built, b.built),
      written: /^[a-z_]+$/.test(operator)
        ? `${operator}(${a.written}, ${b.written})`
        : `((${a.written}) ${operator.trim()} (${b.written}))`,
    }));
  const choice = <K extends Kind>(from: K): Pair<K> =>
    fc.tuple(some('boolean'), some(from), some('boolean'), some(from), some(from)).map(([c, a, d, b, e]) => ({
      // the branches are of that kind
      built: when<OnDemandExpression<Kind>>(c.built, a.built)
        .when(d.built, b.built)
        .otherwise(e.built) as OnDemandExpression<K>,
      written: `(CASE WHEN ${c.written} THEN ${a.written} WHEN ${d.written} THEN ${b.written} ELSE ${e.written} END)`,
    }));
  return {
    number: fc.oneof(
      DEPTH,
      column<'number'>('i', 'j', 'x', 'y'),
      literal(0, 1, -3, 7, 0.5, -2.25, 1e300, Number.MAX_SAFE_INTEGER),
      binary('number', {
        '+': (a, b) => a.plus(b),
        '-': (a, b) => a.minus(b),
        '*': (a, b) => a.times(b),
        '/': (a, b) => a.dividedBy(b),
        '%': (a, b) => a.modulo(b),
        power: (a, b) => a.power(b),
        nullif: (a, b) => a.nullIf(b),
        coalesce: (a, b) => a.orElse(b),
        least: (a, b) => least(a, b),
        greatest: (a, b) => greatest(a, b),
      }),
      unary('number', {
        '-a': (a) => a.negated(),
        'Abs(a)': (a) => a.absolute(),
        'floor(a)': (a) => a.floor(),
        'ceil(a)': (a) => a.ceiling(),
        'round(a, 0)': (a) => a.round(),
        'round(a, 2)': (a) => a.round(2),
        'sqrt(a)': (a) => a.squareRoot(),
        'ln(a)': (a) => a.logarithm(),
        'exp(a)': (a) => a.exponential(),
        'cAst(a As bigint)': (a) => a.asWhole(),
        'cAst(a As double)': (a) => a.asNumber(),
      }),
      unary('text', { 'length(a)': (a) => a.length(), 'cAst(a As double)': (a) => a.asNumber() }),
      unary('boolean', { 'cAst(a As bigint)': (a) => a.asWhole() }),
      unary('instant', {
        'yeAr(a)': (a) => a.year(),
        'month(a)': (a) => a.month(),
        'dAy(a)': (a) => a.day(),
        'hour(a)': (a) => a.hour(),
        'dAy_of_week(a)': (a) => a.dayOfWeek(),
      }),
      binary('instant', { ' - ': (a, b) => a.millisecondsSince(b) }),
      choice('number'),
    ),
    text: fc.oneof(
      DEPTH,
      column<'text'>('s', 't'),
      literal('GB', "it's", '😀', ' 12 ', '', 'a\\tb'),
      binary('text', {
        concat: (a, b) => a.concat(b),
        coalesce: (a, b) => a.orElse(b),
        nullif: (a, b) => a.nullIf(b),
        least: (a, b) => least(a, b),
      }),
      unary('text', {
        'lower(a)': (a) => a.lower(),
        'upper(a)': (a) => a.upper(),
        'trim(a)': (a) => a.trim(),
        'substr(a, 2)': (a) => a.part(2),
        'substr(a, 1, 2)': (a) => a.part(1, 2),
      }),
      unary('boolean', { 'cAst(a As vArchAr)': (a) => a.asText() }),
      choice('text'),
    ),
    boolean: fc.oneof(
      DEPTH,
      column<'boolean'>('b'),
      literal(true, false),
      binary('number', {
        '=': (a, b) => a.equals(b),
        '<>': (a, b) => a.differsFrom(b),
        '<': (a, b) => a.isLessThan(b),
        '<=': (a, b) => a.isAtMost(b),
        '>': (a, b) => a.isMoreThan(b),
        '>=': (a, b) => a.isAtLeast(b),
      }),
      binary('text', {
        '=': (a, b) => a.equals(b),
        '<': (a, b) => a.isLessThan(b),
        starts_with: (a, b) => a.startsWith(b),
      }),
      binary('instant', { '>=': (a, b) => a.isAtLeast(b) }),
      binary('boolean', {
        And: (a, b) => a.and(b),
        Or: (a, b) => a.or(b),
        '=': (a, b) => a.equals(b),
      }),
      unary('boolean', { '(not a)': (a) => a.not(), '(a is null)': (a) => a.isNull() }),
      unary('number', {
        '(a is not null)': (a) => a.isKnown(),
        '(a in (1, 2, 0.5))': (a) => a.isIn(1, 2, 0.5),
        '(a between -1 And 7)': (a) => a.isBetween(-1, 7),
        'cAst(a As booleAn)': (a) => a.asBoolean(),
      }),
      unary('text', { "(a like 'G%_')": (a) => a.isLike('G%_') }),
      choice('boolean'),
    ),
    instant: fc.oneof(
      column<'instant'>('at'),
      fc.constant({
        built: value(new Date('2023-12-31T23:00:00Z')),
        written: "timestamp '2023-12-31T23:00:00.000Z'",
      }),
    ),
  };
});

export const builtExpression: fc.Arbitrary<Built> = fc.oneof(number, text, boolean);
