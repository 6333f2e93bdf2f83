/** What a gate measured and against which limit. */
export interface Evidence {
  readonly metric: string;
  /** Null when it could not be measured. */
  readonly observed: number | null;
  readonly limit: number;
  readonly rule: 'at-least' | 'at-most';
  /** Number of observations behind the value. */
  readonly n: number;
  /** What the numbers rest on, for a reader: interval, comparison, worst column. */
  readonly note?: string;
}

/** Only `pass` promotes. `inconclusive` says what more it would need. */
export type Verdict =
  | { readonly outcome: 'pass'; readonly evidence: readonly Evidence[] }
  | { readonly outcome: 'fail' | 'inconclusive'; readonly evidence: readonly Evidence[]; readonly because: string };
