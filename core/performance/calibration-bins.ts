import { binOf } from '../training/reference-profile.ts';

/** The rows whose scores lie between two cuts. */
export interface CalibrationBin {
  readonly n: number;
  /** Mean score of the rows; null without rows. */
  readonly score: number | null;
  /** Mean label of the rows: the share of positive ones of a binary model; null without rows. */
  readonly label: number | null;
}

/**
 * How often, or how much, what was foretold came true: one bin more than there are cuts, left-closed like those of a
 * reference profile.
 *
 * @param cuts ascending
 */
export function calibrationBins(
  cuts: readonly number[],
  scores: readonly number[],
  labels: readonly number[],
): readonly CalibrationBin[] {
  const bins = Array.from({ length: cuts.length + 1 }, () => ({ n: 0, score: 0, label: 0 }));
  scores.forEach((score, row) => {
    const bin = bins[binOf(cuts, score)]!;
    bin.n++;
    bin.score += score;
    bin.label += labels[row]!;
  });
  return bins.map(({ n, score, label }) =>
    n === 0 ? { n, score: null, label: null } : { n, score: score / n, label: label / n },
  );
}
