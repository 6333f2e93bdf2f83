/**
 * What a team expects of the rows a feature view is computed from, and what happens when they are otherwise.
 *
 * `quarantine` keeps single rows out of the view, in every engine alike, and sets them aside; `block` refuses a whole
 * materialization before its rows are seen; `warn` reports.
 */
export type Expectation = RowExpectation | RunExpectation;

/** True or null for every source row; a row for which it is false breaks it, as with SQL's CHECK. */
export interface RowExpectation {
  readonly kind: 'row';
  readonly name: string;
  /** Boolean expression over the source's columns. */
  readonly condition: string;
  readonly severity: 'quarantine' | 'block' | 'warn';
  /** Share of rows that may break it before `block` or `warn` speaks; 0 for `quarantine`. 0 to 1. */
  readonly maxShare: number;
}

/** About the rows one materialization computes, or the source rows it computes them from. */
export type RunExpectation = {
  readonly name: string;
  readonly severity: 'block' | 'warn';
} & (
  | {
      /** Share of nulls of a feature among the rows written; 0 to 1. */
      readonly kind: 'null_share';
      readonly feature: string;
      readonly atMost: number;
    }
  | {
      /** No two source rows of the run agree in all of these columns. */
      readonly kind: 'unique';
      readonly columns: readonly string[];
    }
  | {
      /** Age of the source's newest event when the run is planned. */
      readonly kind: 'freshness';
      readonly atMostMs: number;
    }
  | {
      /** Rows of the run against the median of the runs before it; not computable before `minRuns`. */
      readonly kind: 'volume';
      readonly atLeastShare: number;
      readonly atMostShare: number;
      readonly minRuns: number;
    }
);
