import type { Sha256 } from '../canonical-json.ts';

/** Which rows of the prediction log are counted for one look. */
export type CountSpec = CanaryCountSpec | ShadowCountSpec;

interface CountedRows {
  /** Glue database of the log. */
  readonly database: string;
  readonly model: string;
  readonly rolloutId: string;
  /** Of a canary baseline and candidate; so too while the candidate is champion and is watched. */
  readonly releases: { readonly baseline: Sha256; readonly candidate: Sha256 };
  /** Requests asked at or after, and before, in epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Where scores are counted, ascending. */
  readonly cuts: readonly number[];
}

export interface CanaryCountSpec extends CountedRows {
  readonly kind: 'canary';
  /**
   * Who is the challenger of the route, and its share as it stands there: requests answered by the route before, or by
   * the one after, are not counted. Null when the candidate answers alone; it alone is counted then.
   */
  readonly challenger: { readonly is: 'candidate' | 'baseline'; readonly share: number } | null;
}

/** The champion of the route is the baseline, its shadow the candidate. */
export interface ShadowCountSpec extends CountedRows {
  readonly kind: 'shadow';
}

/** What is measured of each release; see `CanaryCounts` and `ShadowCounts`. */
export type CanaryMeasure = 'units' | 'requests' | 'failed' | 'latency' | 'score' | 'missing' | 'outcome';
export type ShadowMeasure =
  | 'requests'
  | 'failed'
  | 'late'
  | 'latency'
  | 'score'
  | 'missing'
  | 'pairs'
  | 'flips'
  | 'difference';
