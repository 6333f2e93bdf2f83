import { DAY_MS } from '../../core/clock.ts';
import type { ValueType } from '../../core/definitions/value-type.ts';
import {
  atom,
  BINDING,
  betweenText,
  callText,
  infixText,
  listText,
  literalText,
  type Printed,
  prefixText,
  suffixText,
} from './printed-expression.ts';

/** What TypeScript knows of a value: whole and other numbers are told apart when the definition is loaded. */
export type Kind = 'number' | 'text' | 'boolean' | 'instant';

export type KindOf<T extends ValueType> = T extends 'string'
  ? 'text'
  : T extends 'int64' | 'float64'
    ? 'number'
    : T extends 'timestamp'
      ? 'instant'
      : 'boolean';

interface Literals {
  readonly number: number;
  readonly text: string;
  readonly boolean: boolean;
  readonly instant: Date;
}

/** An expression of a kind or a value of it. Where the kind is not known (`never`), anything. */
export type Operand<K extends Kind> = [K] extends [never]
  ? OnDemandExpression<Kind> | Literals[Kind]
  : OnDemandExpression<K> | Literals[K];

type Numbers = OnDemandExpression<'number'>;
type Text = OnDemandExpression<'text'>;
type Condition = OnDemandExpression<'boolean'>;
type Instant = OnDemandExpression<'instant'>;

/**
 * A value that is computed when it is asked for: by a closure in serving, by SQL in training, with equal answers.
 *
 * - null: an operation on null is null; AND and OR are three-valued; a CASE takes the first branch that is true.
 * - Numbers: whole numbers (int64) are exact; a whole result beyond 2^53 - 1 in magnitude is null. Division is always one
 *   of float64. Division by zero, the remainder by zero and any result that is NaN or infinite are null.
 * - Text: compared by code point, measured in code points.
 * - Instants: milliseconds since the Unix epoch; year, month, day, hour and day of week are those of UTC.
 *
 * @typeParam K its kind; `never` where only loading the definition can tell, which fits everywhere
 */
export class OnDemandExpression<out K extends Kind> {
  declare readonly kind?: K;
  /** @internal how it is stored */
  readonly printed: Printed;

  constructor(printed: Printed) {
    this.printed = printed;
  }

  plus(this: Numbers, other: Operand<'number'>): Numbers {
    return infix(this, '+', BINDING.add, other);
  }
  minus(this: Numbers, other: Operand<'number'>): Numbers {
    return infix(this, '-', BINDING.add, other);
  }
  times(this: Numbers, other: Operand<'number'>): Numbers {
    return infix(this, '*', BINDING.multiply, other);
  }
  /** As float64; null when `other` is 0. */
  dividedBy(this: Numbers, other: Operand<'number'>): Numbers {
    return infix(this, '/', BINDING.multiply, other);
  }
  /** Remainder, with the sign of the dividend; null when `other` is 0. */
  modulo(this: Numbers, other: Operand<'number'>): Numbers {
    return infix(this, '%', BINDING.multiply, other);
  }
  negated(this: Numbers): Numbers {
    return new OnDemandExpression(prefixText('-', BINDING.negate, this.printed));
  }
  absolute(this: Numbers): Numbers {
    return call('abs', this);
  }
  floor(this: Numbers): Numbers {
    return call('floor', this);
  }
  ceiling(this: Numbers): Numbers {
    return call('ceil', this);
  }
  /** To so many decimals, 0 to 15; ties go away from zero. */
  round(this: Numbers, decimals = 0): Numbers {
    return call('round', this, decimals);
  }
  squareRoot(this: Numbers): Numbers {
    return call('sqrt', this);
  }
  /** To base e; null at and below 0. */
  logarithm(this: Numbers): Numbers {
    return call('ln', this);
  }
  exponential(this: Numbers): Numbers {
    return call('exp', this);
  }
  power(this: Numbers, exponent: Operand<'number'>): Numbers {
    return call('power', this, exponent);
  }

  equals(other: Operand<K>): Condition {
    return infix(this, '=', BINDING.compare, other);
  }
  differsFrom(other: Operand<K>): Condition {
    return infix(this, '<>', BINDING.compare, other);
  }
  isLessThan(other: Operand<K>): Condition {
    return infix(this, '<', BINDING.compare, other);
  }
  isAtMost(other: Operand<K>): Condition {
    return infix(this, '<=', BINDING.compare, other);
  }
  isMoreThan(other: Operand<K>): Condition {
    return infix(this, '>', BINDING.compare, other);
  }
  isAtLeast(other: Operand<K>): Condition {
    return infix(this, '>=', BINDING.compare, other);
  }
  /** Both ends included. */
  isBetween(low: Operand<K>, high: Operand<K>): Condition {
    return new OnDemandExpression(betweenText(this.printed, printedOf(low), printedOf(high)));
  }
  /** @param options at least one */
  isIn(...options: readonly [Operand<K>, ...Operand<K>[]]): Condition {
    return new OnDemandExpression(suffixText(this.printed, `IN (${listText(options.map(printedOf))})`));
  }
  isNull(): Condition {
    return new OnDemandExpression(suffixText(this.printed, 'IS NULL'));
  }
  isKnown(): Condition {
    return new OnDemandExpression(suffixText(this.printed, 'IS NOT NULL'));
  }
  /** The first of the values that is not null. */
  orElse(...others: readonly [Operand<K>, ...Operand<K>[]]): OnDemandExpression<K> {
    return call('coalesce', this, ...others);
  }
  /** Null where the two are equal. */
  nullIf(other: Operand<K>): OnDemandExpression<K> {
    return call('nullif', this, other);
  }

  and(this: Condition, other: Operand<'boolean'>): Condition {
    return infix(this, 'AND', BINDING.and, other);
  }
  or(this: Condition, other: Operand<'boolean'>): Condition {
    return infix(this, 'OR', BINDING.or, other);
  }
  not(this: Condition): Condition {
    return new OnDemandExpression(prefixText('NOT ', BINDING.not, this.printed));
  }

  concat(this: Text, ...others: readonly [Operand<'text'>, ...Operand<'text'>[]]): Text {
    return call('concat', this, ...others);
  }
  lower(this: Text): Text {
    return call('lower', this);
  }
  upper(this: Text): Text {
    return call('upper', this);
  }
  /** Without spaces, tabs and line ends around it. */
  trim(this: Text): Text {
    return call('trim', this);
  }
  /** In code points. */
  length(this: Text): Numbers {
    return call('length', this);
  }
  /** @param start from 1, in code points; without `length` up to the end */
  part(this: Text, start: number, length?: number): Text {
    return length === undefined ? call('substr', this, start) : call('substr', this, start, length);
  }
  startsWith(this: Text, start: Operand<'text'>): Condition {
    return call('starts_with', this, start);
  }
  /** @param pattern in which `%` stands for any text and `_` for one code point */
  isLike(this: Text, pattern: string): Condition {
    return infix(this, 'LIKE', BINDING.compare, pattern);
  }

  year(this: Instant): Numbers {
    return call('year', this);
  }
  month(this: Instant): Numbers {
    return call('month', this);
  }
  /** Of the month. */
  day(this: Instant): Numbers {
    return call('day', this);
  }
  hour(this: Instant): Numbers {
    return call('hour', this);
  }
  /** Monday is 1, Sunday 7. */
  dayOfWeek(this: Instant): Numbers {
    return call('day_of_week', this);
  }
  /** Milliseconds from `earlier` to this; negative when this is before it. */
  millisecondsSince(this: Instant, earlier: Operand<'instant'>): Numbers {
    return infix(this, '-', BINDING.add, earlier);
  }
  /** Days of 24 hours, with a fraction. */
  daysSince(this: Instant, earlier: Operand<'instant'>): Numbers {
    return this.millisecondsSince(earlier).dividedBy(DAY_MS);
  }

  /** int64: numbers are rounded, ties away from zero; text that spells none is null; true is 1; instants are epoch milliseconds. */
  asWhole(): Numbers {
    return cast(this, 'bigint');
  }
  /** float64, as `asWhole` but without rounding; instants first have to become whole. */
  asNumber(): Numbers {
    return cast(this, 'double');
  }
  /** Whole numbers and booleans as they are written; other numbers and instants cannot be text. */
  asText(): Text {
    return cast(this, 'varchar');
  }
  /** A number is false when it is 0; text is true or false when it says so, else null. */
  asBoolean(): Condition {
    return cast(this, 'boolean');
  }
}

export function printedOf(operand: unknown): Printed {
  return operand instanceof OnDemandExpression ? operand.printed : literalText(operand);
}

export function call<K extends Kind>(name: string, ...args: readonly unknown[]): OnDemandExpression<K> {
  return new OnDemandExpression(callText(name, args.map(printedOf)));
}

function infix<K extends Kind>(
  left: unknown,
  operator: string,
  binding: number,
  right: unknown,
): OnDemandExpression<K> {
  return new OnDemandExpression(infixText(printedOf(left), operator, binding, printedOf(right)));
}

function cast<K extends Kind>(operand: OnDemandExpression<Kind>, to: string): OnDemandExpression<K> {
  return new OnDemandExpression(atom(`CAST(${operand.printed.text} AS ${to})`));
}
