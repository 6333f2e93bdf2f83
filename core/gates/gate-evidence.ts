import type { Scored } from '../metrics/metric.ts';
import type { AttributionEvidence } from './attribution-gate.ts';
import type { CostEvidence } from './cost-gate.ts';

/** What was measured about a candidate before it may take traffic; every gate judges this and nothing else. */
export interface GateEvidence {
  /** The held-out test rows with the candidate's scores. */
  readonly test: Scored;
  readonly champion: ChampionEvidence;
  readonly trainRows: number;
  /** Share of missing values per input in the training rows; 0 to 1. */
  readonly missingShares: Readonly<Record<string, number>>;
  readonly attribution: AttributionEvidence;
  readonly cost: CostEvidence;
}

/** How the champion did on the same test rows. */
export type ChampionEvidence =
  | { readonly kind: 'none' }
  /** One score per test row, in the same order. */
  | { readonly kind: 'scored'; readonly releaseId: string; readonly scores: readonly number[] }
  /** There is a champion, but it could not be asked about these rows. */
  | { readonly kind: 'incomparable'; readonly releaseId: string; readonly because: string };
