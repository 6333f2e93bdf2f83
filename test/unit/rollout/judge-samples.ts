import type { RolloutPolicy } from '../../../core/definitions/rollout-policy.ts';
import type { ArmCounts, CanaryCounts, Moments, ShadowCounts, ShadowSide } from '../../../core/rollout/observations.ts';
import { latencyBin } from '../../../core/rollout/observations.ts';
import { normalQuantile } from '../../../core/stats/normal-quantile.ts';
import { DIRECT_ROLLOUT } from '../../rollout-policy.ts';

/** Defaults of a model that is shadowed, canaried and watched. */
export const POLICY = {
  ...DIRECT_ROLLOUT,
  shadow: {
    share: 1,
    minPairs: 500,
    withinMs: 86_400_000,
    graceMs: 20,
    maxDecisionFlips: 0.2,
    maxScoreDifference: 0.1,
  },
  canary: { steps: [0.05, 0.25, 0.5], minUnits: 300, bakeMs: 600_000, withinMs: 86_400_000 },
  watch: { forMs: 3_600_000, holdback: 0.05 },
} satisfies RolloutPolicy;

export const OUTCOME = { better: 'higher', margin: 0.05, isRequired: true } as const;

/** An arm without luck: n requests of n units, shares as given, latency lognormal with a median of 12 ms. */
interface ArmShape {
  readonly n: number;
  readonly failedRatio?: number;
  readonly slower?: number;
  /** Scores are even over ten bins but for this part of them, which lies in the highest. */
  readonly shifted?: number;
  readonly missing?: number;
  readonly outcome?: { readonly n: number; readonly mean: number };
}

export function arm({ n, failedRatio = 0.005, slower = 1, shifted = 0, missing = 0.02, outcome }: ArmShape): ArmCounts {
  return {
    releaseId: 'a'.repeat(64) as ArmCounts['releaseId'], // any digest
    units: n,
    requests: n,
    failed: Math.round(n * failedRatio),
    latency: latencyOfArm(n, slower),
    scores: scoresOf(n, shifted),
    missing: ratios(n, missing),
    outcome: outcome === undefined ? { n: 0, sum: 0, sumSquares: 0 } : yesOrNo(outcome.n, outcome.mean),
  };
}

export function canary(baseline: ArmShape, candidate: ArmShape, candidateShare = 0.5): CanaryCounts {
  return { kind: 'canary', baseline: arm(baseline), candidate: arm(candidate), candidateShare };
}

/** The same requests to both: the baseline as `arm`, the candidate with so many flips and differences. */
export function shadow(
  n: number,
  candidate: Partial<ArmShape> & { readonly late?: number; readonly flips?: number; readonly difference?: number } = {},
): ShadowCounts {
  const side = (shape: ArmShape, late: number): ShadowSide => {
    const { releaseId, failed, latency, scores, missing } = arm(shape);
    return { releaseId, failed, late, latency, scores, missing };
  };
  const mean = candidate.difference ?? 0.02;
  return {
    kind: 'shadow',
    requests: n,
    baseline: side({ n }, 0),
    candidate: side({ ...candidate, n }, candidate.late ?? 0),
    pairs: n,
    flips: Math.round(n * (candidate.flips ?? 0.03)),
    difference: { n, sum: n * mean, sumSquares: 1.5 * n * mean ** 2 },
  };
}

function yesOrNo(n: number, mean: number): Moments {
  const sum = Math.round(n * mean);
  return { n, sum, sumSquares: sum };
}

function ratios(n: number, mean: number): Moments {
  return { n, sum: n * mean, sumSquares: n * mean * 0.25 };
}

function latencyOfArm(n: number, slower: number): ArmCounts['latency'] {
  const counts = new Map<number, number>();
  const points = Math.min(n, 2000);
  for (let i = 0; i < points; i++) {
    const bin = latencyBin(slower * 12 * Math.exp(0.5 * normalQuantile((i + 0.5) / points)));
    counts.set(bin, (counts.get(bin) ?? 0) + Math.floor(n / points) + (i < n % points ? 1 : 0));
  }
  return [...counts].map(([bin, count]) => ({ bin, n: count })).sort((x, y) => x.bin - y.bin);
}

function scoresOf(n: number, shifted: number): readonly number[] {
  const even = Math.floor((n * (1 - shifted)) / 10);
  return [...new Array<number>(9).fill(even), n - 9 * even];
}
