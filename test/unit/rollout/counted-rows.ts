import type { CountSpec } from '../../../core/rollout/count-spec.ts';
import type { Counted } from './rollout-lab.ts';

/** What a look finds when both releases do alike, except for the share of requests that the candidate fails. */
export function countedRows(spec: CountSpec, { failedShare = 0, requests = 20_000 } = {}): Counted {
  const { kind, releases } = spec;
  const row = (release_id: string, measure: string, n: number, bin = 0, total = 0) => ({
    release_id,
    measure,
    bin,
    n,
    total,
    squares: total,
  });
  const of = (releaseId: string, n: number, failed: number) => [
    row(releaseId, 'units', n),
    row(releaseId, 'requests', n),
    ...(failed === 0 ? [] : [row(releaseId, 'failed', failed)]),
    row(releaseId, 'latency', n / 2, 200),
    row(releaseId, 'latency', n / 2, 230),
    row(releaseId, 'score', n),
    row(releaseId, 'missing', n),
    ...(kind === 'shadow' ? [row(releaseId, 'pairs', n), row(releaseId, 'difference', n)] : []),
  ];
  const candidate = Math.round(requests * candidateShare(spec));
  const baseline = kind === 'shadow' ? requests : requests - candidate;
  return [
    ...of(releases.baseline, baseline, 0),
    ...of(releases.candidate, candidate, Math.round(failedShare * candidate)),
  ];
}

/** The arms are split as they were to be. */
function candidateShare(spec: CountSpec): number {
  if (spec.kind === 'shadow' || spec.challenger === null) return 1;
  return spec.challenger.is === 'candidate' ? spec.challenger.share : 1 - spec.challenger.share;
}
