import type { Interval } from '../stats/interval.ts';

/** What a gate measured and against which limit. */
export interface Evidence {
  readonly metric: string;
  /** Null when it could not be measured. */
  readonly observed: number | null;
  readonly limit: number;
  readonly rule: 'at-least' | 'at-most';
  /** Number of observations behind the value. */
  readonly n: number;
  /** Where the value lies, with this confidence; 0 to 1. */
  readonly interval?: Interval & { readonly confidence: number };
  /** What more it would take to decide, for a reader. */
  readonly needs?: string;
  /** What the numbers rest on, for a reader: comparison, worst column, why it was left out. */
  readonly note?: string;
}

/** Only `pass` promotes. `inconclusive` says what more it would need. */
export type Verdict =
  | { readonly outcome: 'pass'; readonly evidence: readonly Evidence[] }
  | { readonly outcome: 'fail' | 'inconclusive'; readonly evidence: readonly Evidence[]; readonly because: string };
