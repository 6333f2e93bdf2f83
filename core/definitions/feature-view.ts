import type { Expectation, RowExpectation } from './expectation.ts';
import type { ValueType } from './value-type.ts';

/** A named, versioned group of features of one entity with one event time. */
export interface FeatureView {
  readonly kind: 'featureView';
  readonly name: string;
  /** Name of the entity the features describe. */
  readonly entity: string;
  /** Name of the source table the features are computed from. */
  readonly source: string;
  /** The source column that holds each join key of the entity, in the entity's order. */
  readonly keyColumns: readonly string[];
  /** At least one; either all of them aggregate or none does. */
  readonly features: readonly Feature[];
  /** How old a value may be when it is read, in milliseconds, both ends closed; null means for ever. */
  readonly ttlMs: number | null;
  /**
   * Interval of the ticks at which the view is computed, counted from the Unix epoch. Aggregates change value at
   * ticks alone and their rows carry the tick as event time; row-level views keep their rows' event times and the
   * schedule only says how often new rows are brought online.
   */
  readonly scheduleMs: number;
  /** Oldest age of the newest value that still counts as fresh; null when nothing is promised. */
  readonly freshnessMs: number | null;
  /** Aggregates that change with each event instead of at ticks; null for the others. */
  readonly stream: StreamPolicy | null;
  readonly expectations: readonly Expectation[];
  readonly description: string;
  readonly owner: string;
}

/**
 * How a windowed aggregate is kept up to date from single events.
 *
 * Events are added up in tiles of `tileMs`, counted from the Unix epoch. At instant t a window holds the rows with
 * floor((t - window) / tile) * tile < event time <= t that were known at t: exact at its near edge, and up to one tile
 * longer than declared at its far edge. Windows are multiples of the tile. The TTL of such a view is null: its windows say already
 * how old a value may be.
 */
export interface StreamPolicy {
  readonly tileMs: number;
}

export interface Feature {
  readonly name: string;
  readonly type: ValueType;
  readonly compute: FeatureCompute;
  readonly description: string;
}

export type FeatureCompute =
  | { readonly kind: 'column'; readonly column: string }
  | { readonly kind: 'expression'; readonly sql: string }
  | Aggregate;

/**
 * A windowed aggregate: at tick t over the rows with t - window < event time <= t that were known at t.
 *
 * Rows whose input is null do not count (`count` without input counts rows). Over no rows `count` and
 * `count_distinct` are 0 and the others null. `sum` and `mean` are exact: every input is rounded to a millionth,
 * half away from zero, and added as whole numbers, so that the order of rows cannot change the answer.
 * A float64 input beyond 10^12 in magnitude counts as missing there; a sum of int64 beyond 2^53 - 1 is null.
 * `last` is the input of the row that is latest by event time, knowledge time, load time and position.
 */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly aggregation: Aggregation;
  /** Expression over the source's columns; null only for `count`. */
  readonly input: string | null;
  /** Only rows for which this boolean expression is true take part; null means all. */
  readonly where: string | null;
  /** 1 h to 365 d. */
  readonly windowMs: number;
}

export const AGGREGATIONS = ['sum', 'count', 'mean', 'min', 'max', 'last', 'count_distinct'] as const;

export type Aggregation = (typeof AGGREGATIONS)[number];

/** Expectations that keep single rows out of the view: they are part of what its values mean. */
export function admissionRules(view: FeatureView): readonly RowExpectation[] {
  return view.expectations.filter(
    (expectation): expectation is RowExpectation => expectation.kind === 'row' && expectation.severity === 'quarantine',
  );
}

/** Whether the view's features are windowed aggregates over its source rather than values of single rows. */
export function isAggregated(view: FeatureView): boolean {
  return view.features[0]?.compute.kind === 'aggregate';
}

/** `view:feature`, as Feast writes it. */
export interface FeatureRef {
  readonly view: string;
  readonly feature: string;
}
