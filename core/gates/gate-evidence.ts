import type { Scored } from '../metrics/scored.ts';
import type { AttributionEvidence } from './attribution-gate.ts';
import type { CostEvidence } from './cost-gate.ts';
import type { SegmentRows } from './segment-rows.ts';
import type { SkewEvidence } from './skew-evidence.ts';

/** What was measured about a candidate before it may take traffic; every gate judges this and nothing else. */
export interface GateEvidence {
  /** Name of the model. */
  readonly model: string;
  /** The held-out test rows with the candidate's scores. */
  readonly test: Scored;
  /** Which slices the test rows belong to, one entry for each segment of the model. */
  readonly segments: readonly SegmentRows[];
  readonly champion: ChampionEvidence;
  readonly trainRows: number;
  /** The newest release before that passed its gates; null when there is none. */
  readonly last: { readonly releaseId: string; readonly trainRows: number } | null;
  /** Share of missing values per input in the training rows; 0 to 1. */
  readonly missingShares: Readonly<Record<string, number>>;
  readonly attribution: AttributionEvidence;
  readonly cost: CostEvidence;
  readonly skew: SkewEvidence;
}

/** How the champion did on the same test rows. */
export type ChampionEvidence =
  | { readonly kind: 'none' }
  /** One score per test row, in the same order. */
  | { readonly kind: 'scored'; readonly releaseId: string; readonly scores: readonly number[] }
  /** There is a champion, but it could not be asked about these rows. */
  | { readonly kind: 'incomparable'; readonly releaseId: string; readonly because: string };
