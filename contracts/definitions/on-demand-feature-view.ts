import * as z from 'zod';
import { featureColumn } from '../../core/definitions/feature-column.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import {
  type OnDemandFeature,
  type OnDemandFeatureView,
  REQUEST_TIME,
} from '../../core/definitions/on-demand-feature-view.ts';
import { VALUE_TYPES, type ValueType } from '../../core/definitions/value-type.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { onDemandColumns } from '../../core/on-demand/on-demand-columns.ts';
import { columnRecord, DefinedName } from './defined-name.ts';
import { refuse } from './definition-error.ts';
import { typeWithin } from './feature-type.ts';
import type { KindsOf, NameOf } from './known-kinds.ts';
import { type Kind, type KindOf, OnDemandExpression } from './on-demand-expression.ts';
import { onDemandProblems } from './on-demand-problems.ts';
import { columnText } from './printed-expression.ts';
import { deepFreeze, labelOf, oneOf, quoteValue, readInput, Sentence, strictObject } from './read-input.ts';

/** An expression, or SQL text over `view__feature`, the request fields and `request_time`. */
export type OnDemandFeatureInput =
  | OnDemandExpression<Kind>
  | string
  | { readonly value: OnDemandExpression<Kind> | string; readonly description?: string };

/** What expressions are made from: the stored features by view, what comes with the request, and when it comes. */
export type OnDemandScope<V extends FeatureView, R> = {
  readonly [N in NameOf<V>]: Expressions<KindsOf<Extract<V, { readonly name: N }>>>;
} & {
  readonly request: { readonly [N in keyof R]: R[N] extends ValueType ? OnDemandExpression<KindOf<R[N]>> : never };
  readonly requestTime: OnDemandExpression<'instant'>;
};

type Expressions<F> = { readonly [N in keyof F]: F[N] extends Kind ? OnDemandExpression<F[N]> : never };

const Given = z.custom<OnDemandFeatureInput>(
  (given) =>
    isFormula(given) || (typeof given === 'object' && given !== null && 'value' in given && isFormula(given.value)),
  {
    error: (issue) =>
      `${quoteValue(issue.input)} is not an on-demand feature; write an expression, SQL text, or { value, description }`,
  },
);

const Features = columnRecord(Given, 'on-demand feature');

const OnDemandInput = strictObject({
  name: DefinedName,
  /** The feature views whose features are read. */
  sources: z
    .array(
      z.custom<FeatureView>(
        (view) => typeof view === 'object' && view !== null && 'kind' in view && view.kind === 'featureView',
        'expected a feature view; write the constant that featureView({ … }) gave, not its name',
      ),
      'must be a list of feature views',
    )
    .default([]),
  /** Type of each value that comes with a request. */
  request: columnRecord(oneOf(VALUE_TYPES), 'request field').default({}),
  features: z.custom<object>(
    (given) => typeof given === 'function' || (typeof given === 'object' && given !== null),
    'must be { name: expression } or a function that gives it',
  ),
  description: Sentence.default(''),
  owner: Sentence,
});

/**
 * Features that are computed when they are asked for: in serving from stored values as they are served, from what the
 * request brings and from its instant; in training from what the label could see, the label's `context` and its instant.
 *
 * `features` is a record, or a function from the scope to one: `({ customer_spend, request, requestTime }) => ({ share:
 * request.amount.dividedBy(customer_spend.spend_30d) })`. A feature is an expression, whose kinds TypeScript checks as
 * far as it knows them, or SQL text over `view__feature`, the request fields by name and `request_time`. Either is
 * checked again here. What operations do with null, zero, large numbers and time zones: see `OnDemandExpression`.
 * A stored feature that is not found or older than its view's TTL is null.
 *
 * @throws DefinitionError
 */
export function onDemandFeatureView<
  const V extends FeatureView = never,
  const R extends Readonly<Record<string, ValueType>> = Readonly<Record<string, never>>,
>(input: {
  readonly name: string;
  readonly sources?: readonly V[];
  readonly request?: R;
  readonly features:
    | Readonly<Record<string, OnDemandFeatureInput>>
    | ((scope: OnDemandScope<V, R>) => Readonly<Record<string, OnDemandFeatureInput>>);
  readonly description?: string;
  readonly owner: string;
}): OnDemandFeatureView {
  const what = labelOf('on-demand feature view', input);
  const read = readInput(what, OnDemandInput, input);
  const request = Object.entries(read.request).map(([name, type]) => ({ name, type }));
  refuse(what, scopeProblems(read.sources));
  const given =
    typeof read.features === 'function' ? called(what, read.features, read.sources, request) : read.features;
  const formulas = Object.entries(readInput(what, strictObject({ features: Features }), { features: given }).features);
  const { types } = onDemandColumns({ request }, read.sources);
  const features = formulas.map(([name, formula]): OnDemandFeature => {
    const { value, description = '' } = isFormula(formula) ? { value: formula } : formula;
    const sql = typeof value === 'string' ? value : value.printed.text;
    return { name, type: typeOr(sql, types), sql, description };
  });
  const defined: OnDemandFeatureView = {
    kind: 'onDemandFeatureView',
    name: read.name,
    request,
    features,
    description: read.description,
    owner: read.owner,
  };
  refuse(what, onDemandProblems(defined, read.sources));
  return deepFreeze(defined);
}

function isFormula(given: unknown): given is OnDemandExpression<Kind> | string {
  return typeof given === 'string' || given instanceof OnDemandExpression;
}

/** The type of what an expression computes; of one that is wrong, which is told apart, any. */
function typeOr(sql: string, types: Readonly<Record<string, ValueType>>): ValueType {
  try {
    return typeWithin(sql, types);
  } catch (error) {
    if (error instanceof InvalidInputError) return 'float64';
    throw error;
  }
}

function scopeProblems(sources: readonly FeatureView[]): readonly { path: string; problem: string }[] {
  const names = sources.map(({ name }) => name);
  return [
    ...new Set(names.filter((name, i) => names.indexOf(name) < i).map((name) => `two views are named "${name}"`)),
    ...(names.includes('request') ? ['a view named "request" cannot be told from the request; rename it'] : []),
  ].map((problem) => ({ path: 'sources', problem }));
}

function called(
  what: string,
  features: object,
  sources: readonly FeatureView[],
  request: readonly { readonly name: string }[],
): unknown {
  const column = (name: string) => new OnDemandExpression<never>(columnText(name));
  const views = sources.map(({ name: view, features: of }) => {
    const members = of.map(({ name }) => [name, column(featureColumn({ view, feature: name }))] as const);
    return [view, strictScope(`feature of view "${view}"`, Object.fromEntries(members))] as const;
  });
  const fields = Object.fromEntries(request.map(({ name }) => [name, column(name)]));
  const scope = {
    ...Object.fromEntries(views),
    request: strictScope('request field', fields),
    requestTime: column(REQUEST_TIME),
  };
  try {
    return (features as (scope: object) => unknown)(strictScope('view in `sources`', scope)); // it was just found to be a function
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return refuse(what, [{ path: 'features', problem: error.message }]);
  }
}

/** An object that says what it has, when it is asked for something else: definition files run without a compiler. */
function strictScope<T>(of: string, members: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return new Proxy(members, {
    get(target, name) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name)) return Reflect.get(target, name);
      const known = Object.keys(target).join(', ') || '(none)';
      throw new InvalidInputError(`there is no ${of} named ${quoteValue(name)}; known: ${known}`);
    },
  });
}
