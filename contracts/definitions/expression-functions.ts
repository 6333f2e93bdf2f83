import { call, type Kind, OnDemandExpression, type Operand, printedOf } from './on-demand-expression.ts';
import { atom, BINDING, literalText, type Printed } from './printed-expression.ts';

type AtLeastTwo<T> = readonly [T, T, ...T[]];

type LiteralKind<V> = V extends number
  ? 'number'
  : V extends string
    ? 'text'
    : V extends boolean
      ? 'boolean'
      : V extends Date
        ? 'instant'
        : never;

/** A value as an expression: `value(1).minus(share)`. Whole numbers are int64, others float64, dates timestamps. */
export function value<V extends number | string | boolean | Date>(given: V): OnDemandExpression<LiteralKind<V>> {
  return new OnDemandExpression(literalText(given));
}

/** SQL in the grammar of expressions, as a part of one; its kind is found out when the definition is loaded. */
export function sqlText(text: string): OnDemandExpression<never> {
  return new OnDemandExpression({ text: `(${text})`, binding: BINDING.atom });
}

/** The smallest; null when one of them is. */
export function least<K extends Kind>(
  ...values: AtLeastTwo<OnDemandExpression<K> | Operand<K>>
): OnDemandExpression<K> {
  return call('least', ...values);
}

/** The largest; null when one of them is. */
export function greatest<K extends Kind>(
  ...values: AtLeastTwo<OnDemandExpression<K> | Operand<K>>
): OnDemandExpression<K> {
  return call('greatest', ...values);
}

/** A CASE that can go on, or end with `otherwise`; without it what fits no branch is null. */
export class Cases<out K extends Kind> extends OnDemandExpression<K> {
  readonly #branches: string;

  constructor(branches: string) {
    super(atom(`CASE ${branches} END`));
    this.#branches = branches;
  }

  when(condition: Operand<'boolean'>, result: Operand<K> | null): Cases<K> {
    return new Cases(`${this.#branches} ${branch(printedOf(condition), printedOf(result))}`);
  }

  otherwise(result: Operand<K>): OnDemandExpression<K> {
    return new OnDemandExpression(atom(`CASE ${this.#branches} ELSE ${printedOf(result).text} END`));
  }
}

/** `when(a, x).when(b, y).otherwise(z)`: the result of the first condition that is true. */
export function when<V extends OnDemandExpression<Kind> | number | string | boolean | Date>(
  condition: Operand<'boolean'>,
  result: V,
): Cases<V extends OnDemandExpression<infer K> ? K : LiteralKind<V>> {
  return new Cases(branch(printedOf(condition), printedOf(result)));
}

function branch(condition: Printed, result: Printed): string {
  return `WHEN ${condition.text} THEN ${result.text}`;
}
