import type { MetricChoice } from '../definitions/model.ts';
import { metricName } from '../metrics/metric-facts.ts';
import { seededRandom, standardNormal } from '../stats/seeded-random.ts';
import type { CalibrationBin } from './calibration-bins.ts';
import type { Estimate } from './estimate.ts';
import { metricOfBins, type OutcomeBin } from './expected-metrics.ts';
import type { AnswerCount } from './performance-counts.ts';

const DRAWS = 400;
const SEED = 20_260_101;
const CONFIDENCE = 0.95;

/**
 * What the scores themselves promise of a binary model's metrics: each answer is taken to be positive as often as answers
 * of its score were among the test rows of the release.
 *
 * Holds when only the inputs have changed (covariate shift), and says nothing about a changed relation of inputs and
 * outcomes. The band is where the metric would be seen if that is so: outcomes drawn for the answers, and the test rows'
 * calibration drawn with its error, 400 times with a fixed seed.
 * Source: NannyML, confidence-based performance estimation (CBPE). Checked by: test/reference/performance.test.ts (numpy).
 *
 * @param calibration of the release's evaluation
 */
export function estimateMetrics(
  metrics: readonly MetricChoice[],
  counts: readonly AnswerCount[],
  calibration: readonly CalibrationBin[],
): readonly Estimate[] {
  const corrections = correctionsOf(calibration);
  const bins = counts.filter(({ predictions }) => predictions > 0);
  const expected = expectedBins(bins, corrections, (at) => at.gap);
  const random = seededRandom(SEED);
  const draws = Array.from({ length: DRAWS }, () => {
    const errors = corrections.map((at) => ({ ...at, gap: at.gap + at.standardError * standardNormal(random) }));
    const drawn = expectedBins(bins, errors, (at) => at.gap);
    return drawn.map((bin) => ({ ...bin, positives: binomialDraw(bin.n, bin.positives / bin.n, random) }));
  });
  return metrics.map((choice) => {
    const name = metricName(choice);
    const value = metricOfBins(choice, expected);
    const seen = draws.map((drawn) => metricOfBins(choice, drawn)).filter((one) => one !== null);
    if (value === null || seen.length === 0) return { metric: name, value, low: null, high: null };
    const sorted = Float64Array.from(seen).sort();
    const place = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
    const tail = (1 - CONFIDENCE) / 2;
    return { metric: name, value, low: Math.min(value, place(tail)), high: Math.max(value, place(1 - tail)) };
  });
}

/** By how much the label lies above the score where the scores of a bin lie on average. */
interface Correction {
  readonly score: number;
  readonly gap: number;
  readonly standardError: number;
}

/**
 * The gaps are shrunk by what of their spread is the error of so many test rows: those of a calibrated model vanish.
 *
 * Source: James & Stein (1961), positive part.
 */
function correctionsOf(calibration: readonly CalibrationBin[]): readonly Correction[] {
  const seen = calibration.flatMap(({ n, score, label }) => {
    if (n === 0 || score === null || label === null) return [];
    const share = (label * n + 0.5) / (n + 1); // bins of one class alone have an error too
    return [{ score, gap: label - score, standardError: Math.sqrt((share * (1 - share)) / n) }];
  });
  const spread = seen.reduce((sum, { gap, standardError }) => sum + (gap / standardError) ** 2, 0);
  const kept = spread === 0 ? 0 : Math.max(0, 1 - seen.length / spread);
  return seen.map(({ score, gap, standardError }) => ({
    score,
    gap: kept * gap,
    standardError: Math.sqrt(kept) * standardError,
  }));
}

function expectedBins(
  counts: readonly AnswerCount[],
  corrections: readonly Correction[],
  gapOf: (correction: Correction) => number,
): readonly OutcomeBin[] {
  return counts.map(({ predictions, scores, decision }) => {
    const score = scores / predictions;
    const p = Math.min(1, Math.max(0, score + interpolated(corrections, score, gapOf)));
    return { n: predictions, positives: predictions * p, score, decision };
  });
}

/** Linear between the bins' mean scores, constant beyond them; 0 without any. */
function interpolated(
  corrections: readonly Correction[],
  score: number,
  gapOf: (correction: Correction) => number,
): number {
  const next = corrections.findIndex((one) => one.score > score);
  const [below, above] = [corrections[(next < 0 ? corrections.length : next) - 1], corrections[next]];
  if (below === undefined) return above === undefined ? 0 : gapOf(above);
  if (above === undefined) return gapOf(below);
  const part = (score - below.score) / (above.score - below.score);
  return gapOf(below) + part * (gapOf(above) - gapOf(below));
}

/** Few cases one by one, many by the normal law. */
function binomialDraw(n: number, p: number, random: () => number): number {
  if (n > 100) {
    const drawn = Math.round(n * p + Math.sqrt(n * p * (1 - p)) * standardNormal(random));
    return Math.min(n, Math.max(0, drawn));
  }
  let hits = 0;
  for (let i = 0; i < n; i++) if (random() < p) hits++;
  return hits;
}
