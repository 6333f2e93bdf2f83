import type { Aggregation } from '../definitions/feature-view.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { nameSql, rawSql, type Sql } from './sql.ts';

/**
 * Aggregates over spans: each row of a table is inside an aggregate from one tick to another, and every aggregate is
 * wanted at every tick. A windowed feature and a label over the future are both of this kind.
 */
export interface SpanPlan {
  /** Rows to read, called `r`: what follows `from`, with a `where`. */
  readonly rows: Sql;
  /** Key of the entity, over `r`; rows without a complete key must not come out of `rows`. */
  readonly keys: readonly Sql[];
  /**
   * Where a row is inside, over `r`: from the tick `begin` to before the tick `end`. The first span says at which
   * ticks an entity is there at all. A span with begin >= end is empty.
   */
  readonly spans: readonly { readonly begin: Sql; readonly end: Sql }[];
  readonly aggregates: readonly SpanAggregate[];
  /** Ticks wanted, both inclusive. */
  readonly firstTickMs: number;
  readonly lastTickMs: number;
  readonly stepMs: number;
  /** Longest span, in milliseconds. */
  readonly longestMs: number;
  /** Also the first tick at which an entity is not there any more. */
  readonly keepsFirstEmpty: boolean;
}

export interface SpanAggregate {
  readonly aggregation: Aggregation;
  /** Over `r`; null when the row takes no part. Equal inputs are computed once. */
  readonly input: Sql;
  readonly inputType: ValueType;
  /** Position in `spans`. */
  readonly span: number;
}

/** A plan with its distinct inputs numbered, as its parts share them. */
export interface SpanLayout {
  readonly plan: SpanPlan;
  readonly inputs: readonly SpanInput[];
  /** For each aggregate, the position of its input. */
  readonly inputOf: readonly number[];
  readonly keyColumns: Sql;
}

export interface SpanInput {
  readonly input: Sql;
  readonly type: ValueType;
  /** What the aggregates over it need. */
  readonly uses: ReadonlySet<Aggregation>;
}

export function layOut(plan: SpanPlan): SpanLayout {
  const inputs = new Map<string, { input: Sql; type: ValueType; uses: Set<Aggregation>; position: number }>();
  const inputOf = plan.aggregates.map(({ input, inputType, aggregation }) => {
    const id = JSON.stringify(input);
    const known = inputs.get(id) ?? { input, type: inputType, uses: new Set(), position: inputs.size };
    known.uses.add(aggregation);
    inputs.set(id, known);
    return known.position;
  });
  const keyColumns = rawSql(plan.keys.map((_, i) => column('k', i).text).join(', '));
  return { plan, inputs: [...inputs.values()], inputOf, keyColumns };
}

/** Columns of the plan's own: no source column starts with `hg_`. */
export function column(kind: string, position: number): Sql {
  return nameSql(`hg_${kind}${position}`);
}
