import { CorruptDataError } from '../errors.ts';
import type { CanaryCountSpec, CountSpec, ShadowCountSpec } from './count-spec.ts';
import type { ArmCounts, CanaryCounts, LatencyCount, Moments, ShadowCounts, ShadowSide } from './observations.ts';

/** A row of the answer to `rolloutCountsSql`; numbers may come as bigint. */
export type CountRow = Readonly<Record<string, unknown>>;

/**
 * The counts that the rows tell; what has no row is 0.
 *
 * @throws CorruptDataError for rows that no such statement answers
 */
export function countsOf(rows: readonly CountRow[], spec: CanaryCountSpec): CanaryCounts;
export function countsOf(rows: readonly CountRow[], spec: ShadowCountSpec): ShadowCounts;
export function countsOf(rows: readonly CountRow[], spec: CountSpec): CanaryCounts | ShadowCounts;
export function countsOf(rows: readonly CountRow[], spec: CountSpec): CanaryCounts | ShadowCounts {
  const read = rows.map(readRow);
  const of = (releaseId: string) => measuresOf(releaseId, read, spec.cuts.length + 1);
  const { baseline, candidate } = spec.releases;
  return spec.kind === 'canary'
    ? {
        kind: 'canary',
        baseline: armOf(of(baseline)),
        candidate: armOf(of(candidate)),
        candidateShare: candidateShareOf(spec),
      }
    : shadowOf(of(baseline), of(candidate));
}

function candidateShareOf({ challenger }: CanaryCountSpec): number {
  if (challenger === null) return 1;
  return challenger.is === 'candidate' ? challenger.share : 1 - challenger.share;
}

function armOf({ releaseId, n, latency, scores, moments }: Measures): ArmCounts {
  return {
    releaseId,
    units: n('units'),
    requests: n('requests'),
    failed: n('failed'),
    latency,
    scores,
    missing: moments('missing'),
    outcome: moments('outcome'),
  };
}

function shadowOf(baseline: Measures, candidate: Measures): ShadowCounts {
  return {
    kind: 'shadow',
    requests: candidate.n('requests'),
    baseline: sideOf(baseline),
    candidate: sideOf(candidate),
    pairs: candidate.n('pairs'),
    flips: candidate.n('flips'),
    difference: candidate.moments('difference'),
  };
}

function sideOf({ releaseId, n, latency, scores, moments }: Measures): ShadowSide {
  return { releaseId, failed: n('failed'), late: n('late'), latency, scores, missing: moments('missing') };
}

interface ReadRow extends Moments {
  readonly releaseId: string;
  readonly measure: string;
  readonly bin: number;
}

interface Measures {
  readonly releaseId: string;
  readonly n: (measure: string) => number;
  readonly moments: (measure: string) => Moments;
  readonly latency: readonly LatencyCount[];
  readonly scores: readonly number[];
}

function measuresOf(releaseId: string, rows: readonly ReadRow[], scoreBins: number): Measures {
  const of = (measure: string) => rows.filter((row) => row.releaseId === releaseId && row.measure === measure);
  const scores = new Array<number>(scoreBins).fill(0);
  for (const { bin, n } of of('score')) {
    if (bin >= scoreBins) throw new CorruptDataError(`a count of scores in bin ${bin} of ${scoreBins}`, { bin });
    scores[bin] = n;
  }
  const moments = (measure: string): Moments => {
    const { n, sum, sumSquares } = of(measure)[0] ?? { n: 0, sum: 0, sumSquares: 0 };
    return { n, sum, sumSquares };
  };
  const latency = of('latency').map(({ bin, n }) => ({ bin, n }));
  return {
    releaseId,
    n: (measure) => moments(measure).n,
    moments,
    latency: latency.sort((a, b) => a.bin - b.bin),
    scores,
  };
}

function readRow(row: CountRow): ReadRow {
  const number = (name: string): number => {
    const value = row[name];
    const read = typeof value === 'bigint' ? Number(value) : value;
    if (typeof read === 'number' && Number.isFinite(read)) return read;
    throw new CorruptDataError(`a row of counts has ${name} = ${String(value)}, which is no number`, { column: name });
  };
  const { release_id: releaseId, measure } = row;
  if (typeof releaseId !== 'string' || typeof measure !== 'string') {
    throw new CorruptDataError('a row of counts lacks its release_id or measure');
  }
  const [bin, n] = [number('bin'), number('n')];
  return { releaseId, measure, bin, n, sum: number('total'), sumSquares: number('squares') };
}
