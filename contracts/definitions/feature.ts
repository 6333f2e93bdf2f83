import * as z from 'zod';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { Aggregation, Feature, FeatureCompute, FeatureRef } from '../../core/definitions/feature-view.ts';
import { type Duration, durationBetween } from './duration.ts';
import { quoteValue, Sentence, strictObject } from './read-input.ts';

/** Windows of aggregates. */
export const Window = durationBetween(HOUR_MS, 365 * DAY_MS);

const Described = strictObject({ description: Sentence.default('') });

const AggregateOptions = strictObject({
  over: Window,
  where: Sentence.nullable().default(null),
  description: Sentence.default(''),
});

declare const RESULT: unique symbol;

/**
 * What a builder below was given; `featureView` reads it, so that a message can name the view and the feature.
 *
 * @typeParam R what TypeScript knows of the feature's type
 */
export interface FeatureInput<out R = unknown> {
  readonly [RESULT]?: R;
  readonly kind: 'column' | 'expression' | 'aggregate';
  readonly aggregation: Aggregation | null;
  /** A column, or SQL; undefined where none was given. */
  readonly input: unknown;
  readonly options: unknown;
}

interface DescribedOptions {
  /** For readers. */
  readonly description?: string;
}

interface OverOptions extends DescribedOptions {
  /** Length of the window that ends at each tick, 1h to 365d. */
  readonly over: Duration;
  /** Only rows for which this boolean expression is true take part. */
  readonly where?: string;
}

/** The value of a source column; without a name, of the column that is called like the feature. */
export function column(name?: undefined, options?: DescribedOptions): FeatureInput<{ readonly column: null }>;
export function column<const N extends string>(
  name: N,
  options?: DescribedOptions,
): FeatureInput<{ readonly column: N }>;
export function column(name?: string, options: DescribedOptions = {}): FeatureInput {
  return { kind: 'column', aggregation: null, input: name, options };
}

/** A scalar SQL expression over the columns of one source row, for example `quantity * unit_price`. */
export function expression(sql: string, options: DescribedOptions = {}): FeatureInput {
  return { kind: 'expression', aggregation: null, input: sql, options };
}

const number =
  (aggregation: Aggregation) =>
  (input: string, options: OverOptions): FeatureInput<'number'> => ({ kind: 'aggregate', aggregation, input, options });

/** Of the type of its input, which TypeScript knows where that is a column. */
const oneOfThem =
  (aggregation: Aggregation) =>
  <const N extends string>(input: N, options: OverOptions): FeatureInput<{ readonly column: N }> => ({
    kind: 'aggregate',
    aggregation,
    input,
    options,
  });

/** Exact sum of an expression over the rows of a window; null over no rows. */
export const sum = number('sum');
/** Mean of an expression; null over no rows. */
export const mean = number('mean');
export const min = oneOfThem('min');
export const max = oneOfThem('max');
/** The newest value that is not null. */
export const last = oneOfThem('last');
/** How many different values there are; 0 over no rows. */
export const countDistinct = number('count_distinct');

/** How many rows there are, or how many have a value of the expression; 0 over no rows. */
export function count(options: OverOptions): FeatureInput<'number'>;
export function count(input: string, options: OverOptions): FeatureInput<'number'>;
export function count(input: string | OverOptions, options?: OverOptions): FeatureInput {
  if (typeof input === 'string') return { kind: 'aggregate', aggregation: 'count', input, options };
  return { kind: 'aggregate', aggregation: 'count', input: undefined, options: input };
}

/** One feature of a view, of any kind, or of an alias, for a list of features. */
export function feature(view: { readonly name: string }, name: string): FeatureRef {
  return { view: view.name, feature: name };
}

/** What a feature computes and says about itself, before its type is known. Problems go to the context. */
export const FeatureInputSchema = z
  .custom<FeatureInput>(
    (value) => typeof value === 'object' && value !== null && 'aggregation' in value && 'options' in value,
    {
      error: (issue) =>
        `${quoteValue(issue.input)} is not a feature; write column(), expression(), sum(), count(), mean(), min(), max(), last() or countDistinct()`,
    },
  )
  .transform((given, context): Pick<Feature, 'compute' | 'description'> => {
    const options = (given.kind === 'aggregate' ? AggregateOptions : Described).safeParse(given.options ?? {}, {
      reportInput: true,
    });
    for (const issue of options.error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message, input: issue.input });
    }
    const mayLackInput = given.kind === 'column' || given.aggregation === 'count';
    if (typeof given.input !== 'string' && !(mayLackInput && given.input === undefined)) {
      context.addIssue({
        code: 'custom',
        message: `${quoteValue(given.input)} is not an expression; write SQL, for example "quantity * unit_price"`,
      });
    }
    if (!options.success || context.issues.length > 0) return z.NEVER;
    const { description, ...window } = options.data;
    return { compute: computeOf(given, window), description };
  });

function computeOf(
  given: FeatureInput,
  window: { readonly over?: number; readonly where?: string | null },
): FeatureCompute {
  const input = given.input as string | undefined; // it was just checked
  if (given.kind === 'column') return { kind: 'column', column: input ?? '' };
  if (given.kind === 'expression') return { kind: 'expression', sql: input ?? '' };
  return {
    kind: 'aggregate',
    aggregation: given.aggregation ?? 'count',
    input: input ?? null,
    where: window.where ?? null,
    windowMs: window.over ?? 0,
  };
}
