/**
 * What a scan has counted of one column, among all rows or those of one segment: all that drift is judged by. Counting
 * is somebody else's (SQL for the live window, the profile of the training set or an earlier window for the reference).
 */
export interface ColumnCounts {
  /** `view:feature`, `score` or `decision`. */
  readonly column: string;
  readonly role: 'input' | 'prediction';
  /** `view:feature = value` or `view:feature is missing`; null for all rows. */
  readonly segment: string | null;
  readonly bins: ColumnBins;
  /** Null when the reference does not know the column, or not the segment. */
  readonly reference: SideCounts | null;
  readonly live: SideCounts;
  /** Values of the window that are in no bin, most frequent first; as many as were listed, none for numbers. */
  readonly newCategories: readonly CategoryCount[];
}

/** Where the values are counted; fixed by the reference, the same for both sides. */
export type ColumnBins =
  /** Ascending. Bin i holds edges[i - 1] <= x < edges[i], so there is one bin more than there are edges. */
  | { readonly kind: 'numeric'; readonly edges: readonly number[] }
  | {
      readonly kind: 'categorical';
      /** Most frequent in the reference first. */
      readonly categories: readonly string[];
      /** The reference has no value outside of them, so that one outside is new. */
      readonly isComplete: boolean;
    };

/** One side of the comparison. */
export interface SideCounts {
  /** Those without a value included; the sum of `counts`, `other` and `missing`. */
  readonly rows: number;
  /**
   * As how many independent rows they count: N²/Σw² over units of w rows each (Kish 1965), where all rows of one entity
   * are one unit. At most `rows`.
   */
  readonly effectiveRows: number;
  /** Per bin. */
  readonly counts: readonly number[];
  /** Values in no bin; 0 for numbers. */
  readonly other: number;
  readonly missing: number;
}

export interface CategoryCount {
  readonly value: string;
  readonly count: number;
}
