import type { Scored } from '../metrics/scored.ts';
import { calibrationBins } from './calibration-bins.ts';
import type { PerformanceSpec } from './performance-spec.ts';

/** What became of the answers whose scores lie in [from, to). */
export interface CalibrationFindings {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Mean. */
  readonly score: number;
  /** Mean: the share of positive ones of a binary model. */
  readonly outcome: number;
}

const TENTHS = Array.from({ length: 9 }, (_, i) => (i + 1) / 10);

/**
 * Bins between the release's cuts, those of a binary model without cuts a tenth wide; bins without answers are left out. The
 * outer ends are 0 and 1 for probabilities, else the smallest and the largest score; the last bin holds its end.
 */
export function calibrationFindings(
  { problem, cuts }: Pick<PerformanceSpec, 'problem' | 'cuts'>,
  { labels, scores }: Scored,
): readonly CalibrationFindings[] {
  if (scores.length === 0) return [];
  const inner = cuts.length === 0 && problem === 'binary' ? TENTHS : cuts;
  let [smallest, largest] = problem === 'binary' ? [0, 1] : [scores[0]!, scores[0]!];
  for (const score of scores) {
    smallest = Math.min(smallest, score);
    largest = Math.max(largest, score);
  }
  const ends = [smallest, ...inner, largest];
  return calibrationBins(inner, scores, labels).flatMap(({ n, score, label }, bin) =>
    score === null || label === null ? [] : [{ from: ends[bin]!, to: ends[bin + 1]!, n, score, outcome: label }],
  );
}
