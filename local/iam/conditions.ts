import { isRecord } from '../assembly/template.ts';
import { matchesArn, matchesWildcard } from './wildcard.ts';

/** Condition keys of one request; a key with several values has a list. Names compare without case. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** One operator with one key of a statement's Condition block. */
export interface Condition {
  readonly operator: string;
  readonly quantifier: 'single' | 'ForAllValues' | 'ForAnyValue';
  readonly ifExists: boolean;
  readonly key: string;
  readonly values: readonly string[];
}

interface Operator {
  /** Whether one value of the request meets one value of the policy. */
  readonly test: (policyValue: string, requestValue: string) => boolean;
  /** Negated operators are met when no value of the policy is, and when the key is absent. */
  readonly isNegated?: true;
}

const equals = (a: string, b: string) => a === b;
const equalsIgnoringCase = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const numeric = (test: (a: number, b: number) => boolean) => (policyValue: string, requestValue: string) =>
  test(Number(requestValue), Number(policyValue));

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { test: equals },
  StringNotEquals: { test: equals, isNegated: true },
  StringEqualsIgnoreCase: { test: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { test: equalsIgnoringCase, isNegated: true },
  StringLike: { test: (pattern, value) => matchesWildcard(pattern, value) },
  StringNotLike: { test: (pattern, value) => matchesWildcard(pattern, value), isNegated: true },
  ArnEquals: { test: matchesArn },
  ArnLike: { test: matchesArn },
  ArnNotEquals: { test: matchesArn, isNegated: true },
  ArnNotLike: { test: matchesArn, isNegated: true },
  Bool: { test: equalsIgnoringCase },
  NumericEquals: { test: numeric((request, policy) => request === policy) },
  NumericLessThan: { test: numeric((request, policy) => request < policy) },
  NumericLessThanEquals: { test: numeric((request, policy) => request <= policy) },
  NumericGreaterThan: { test: numeric((request, policy) => request > policy) },
  NumericGreaterThanEquals: { test: numeric((request, policy) => request >= policy) },
  Null: { test: equals }, // handled before values are compared: it asks about the key itself
};

/** @throws Error for an operator the laptop region does not know */
export function parseConditions(block: unknown, where: string): readonly Condition[] {
  if (block === undefined) return [];
  if (!isRecord(block)) throw new Error(`${where}: Condition is an object, got ${JSON.stringify(block)}`);
  return Object.entries(block).flatMap(([name, keys]) => {
    const [, quantifier, operator = '', ifExists] =
      /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name) ?? [];
    if (!(operator in OPERATORS)) {
      throw new Error(
        `${where}: condition operator "${name}" is not known; known: ${Object.keys(OPERATORS).join(', ')}`,
      );
    }
    if (!isRecord(keys)) throw new Error(`${where}: ${name} holds keys with values, got ${JSON.stringify(keys)}`);
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      quantifier: quantifier === undefined ? ('single' as const) : (quantifier as 'ForAllValues' | 'ForAnyValue'), // by the pattern
      ifExists: ifExists !== undefined,
      key: key.toLowerCase(),
      values: (Array.isArray(values) ? values : [values]).map(String),
    }));
  });
}

/** @param context keys in lower case */
export function isConditionMet(condition: Condition, context: RequestContext): boolean {
  const found = context[condition.key];
  const requestValues = found === undefined ? [] : typeof found === 'string' ? [found] : found;
  if (condition.operator === 'Null') {
    return condition.values.some((value) => (value.toLowerCase() === 'true') === (requestValues.length === 0));
  }
  const operator = OPERATORS[condition.operator]!; // parseConditions lets no other through
  const isValueMet = (requestValue: string) => {
    const isOneMet = condition.values.some((policyValue) => operator.test(policyValue, requestValue));
    return operator.isNegated === true ? !isOneMet : isOneMet;
  };
  if (condition.quantifier === 'ForAllValues') return requestValues.every(isValueMet);
  if (requestValues.length === 0) {
    if (condition.quantifier === 'ForAnyValue') return condition.ifExists;
    return condition.ifExists || operator.isNegated === true;
  }
  return requestValues.some(isValueMet);
}
