import { InvalidInputError } from '../../core/errors.ts';
import { RESERVED_WORDS } from '../../core/expression/parse-expression.ts';

/** Text in the grammar of core/expression, and how tightly its outermost operator binds. */
export interface Printed {
  readonly text: string;
  readonly binding: number;
}

/** As in the grammar; operators of one level associate to the left, comparisons not at all. */
export const BINDING = {
  or: 1,
  and: 2,
  not: 3,
  compare: 4,
  concat: 5,
  add: 6,
  multiply: 7,
  negate: 8,
  atom: 9,
} as const;

export function infixText(left: Printed, operator: string, binding: number, right: Printed): Printed {
  const leftAtLeast = binding === BINDING.compare ? binding + 1 : binding;
  return { text: `${within(left, leftAtLeast)} ${operator} ${within(right, binding + 1)}`, binding };
}

/** An operator before its operand. */
export function prefixText(operator: string, binding: number, operand: Printed): Printed {
  return { text: `${operator}${within(operand, binding + 1)}`, binding };
}

/** Words after an operand, such as IS NULL. */
export function suffixText(operand: Printed, words: string): Printed {
  return { text: `${within(operand, BINDING.compare + 1)} ${words}`, binding: BINDING.compare };
}

export function betweenText(operand: Printed, low: Printed, high: Printed): Printed {
  const [a, b, c] = [operand, low, high].map((part) => within(part, BINDING.compare + 1));
  return { text: `${a} BETWEEN ${b} AND ${c}`, binding: BINDING.compare };
}

export function callText(name: string, args: readonly Printed[]): Printed {
  return atom(`${name}(${listText(args)})`);
}

export function listText(args: readonly Printed[]): string {
  return args.map(({ text }) => text).join(', ');
}

export function atom(text: string): Printed {
  return { text, binding: BINDING.atom };
}

export function columnText(name: string): Printed {
  return atom(RESERVED_WORDS.has(name) ? `"${name}"` : name);
}

/**
 * A value written out: whole numbers are int64, other numbers float64, dates timestamps.
 *
 * @throws InvalidInputError for a number that is not finite, an instant outside the years 0 to 9999, anything else
 */
export function literalText(value: unknown): Printed {
  if (value === null) return atom('NULL');
  if (typeof value === 'boolean') return atom(String(value));
  if (typeof value === 'string') return atom(`'${value.replaceAll("'", "''")}'`);
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Date) {
    const text = Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (text.length === 24) return atom(`TIMESTAMP '${text}'`); // beyond the year 9999 there is a sign and more digits
    throw new InvalidInputError(`${text} is not an instant of the years 0 to 9999`);
  }
  throw new InvalidInputError(
    `${JSON.stringify(value) ?? typeof value} is no value; write a number, a string, true, false, a Date or an expression`,
  );
}

function numberText(value: number): Printed {
  if (!Number.isFinite(value)) throw new InvalidInputError(`${value} is not a finite number`);
  if (value < 0) return prefixText('-', BINDING.negate, numberText(-value));
  const digits = String(value);
  return atom(/^\d+$/.test(digits) && !Number.isSafeInteger(value) ? `${digits}.0` : digits);
}

function within(part: Printed, atLeast: number): string {
  return part.binding >= atLeast ? part.text : `(${part.text})`;
}
