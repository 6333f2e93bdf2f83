import type { Random } from '../clock.ts';
import type { MetricChoice } from '../definitions/model.ts';
import { metricName } from '../metrics/metric-facts.ts';
import { seededRandom, standardNormal } from '../stats/seeded-random.ts';
import type { CalibrationBin } from './calibration-bins.ts';
import type { Estimate } from './estimate.ts';
import { metricOfBins, type OutcomeBin } from './expected-metrics.ts';
import type { AnswerCount } from './performance-counts.ts';
import { FINE_CLIP } from './score-histogram.ts';

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
  // in one order, so that the draws are the same whichever order the counts came in
  const bins = counts
    .filter(({ predictions }) => predictions > 0)
    .sort((a, b) => a.scores / a.predictions - b.scores / b.predictions || a.predictions - b.predictions);
  const expected = expectedBins(bins, corrections);
  const random = seededRandom(SEED);
  const draws = Array.from({ length: DRAWS }, () => {
    const errors = corrections.map((at) => ({ ...at, gap: at.gap + at.standardError * standardNormal(random) }));
    const drawn = expectedBins(bins, errors);
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

/** By how much the odds of a positive label lie above those of the score, as logarithms, where the scores of a bin lie on average. */
interface Correction {
  /** Logarithmic odds of the mean score. */
  readonly at: number;
  readonly gap: number;
  readonly standardError: number;
}

/**
 * The gaps are shrunk by what of their spread is the error of so many test rows: those of a calibrated model vanish.
 *
 * Source: James & Stein (1961), positive part; the delta method for the errors.
 */
function correctionsOf(calibration: readonly CalibrationBin[]): readonly Correction[] {
  const seen = calibration.flatMap(({ n, score, label }) => {
    if (n === 0 || score === null || label === null) return [];
    const share = (label * n + 0.5) / (n + 1); // bins of one class alone have odds, and an error, too
    const at = logOdds(score);
    return [{ at, gap: logOdds(share) - at, standardError: 1 / Math.sqrt(n * share * (1 - share)) }];
  });
  const spread = seen.reduce((sum, { gap, standardError }) => sum + (gap / standardError) ** 2, 0);
  const kept = spread === 0 ? 0 : Math.max(0, 1 - seen.length / spread);
  return seen.map(({ at, gap, standardError }) => ({
    at,
    gap: kept * gap,
    standardError: Math.sqrt(kept) * standardError,
  }));
}

function expectedBins(counts: readonly AnswerCount[], corrections: readonly Correction[]): readonly OutcomeBin[] {
  return counts.map(({ predictions, scores, decision }) => {
    const score = scores / predictions;
    const at = logOdds(score);
    const p = 1 / (1 + Math.exp(-at - interpolated(corrections, at)));
    return { n: predictions, positives: predictions * p, score, decision };
  });
}

/** Linear between the bins, constant beyond them; 0 without any. */
function interpolated(corrections: readonly Correction[], at: number): number {
  const next = corrections.findIndex((one) => one.at > at);
  const [below, above] = [corrections[(next < 0 ? corrections.length : next) - 1], corrections[next]];
  if (below === undefined) return above?.gap ?? 0;
  if (above === undefined) return below.gap;
  return below.gap + ((at - below.at) / (above.at - below.at)) * (above.gap - below.gap);
}

function logOdds(probability: number): number {
  const p = Math.max(Math.min(probability, 1 - FINE_CLIP), FINE_CLIP);
  return Math.log(p / (1 - p));
}

/** Few cases one by one, many by the normal law. */
function binomialDraw(n: number, p: number, random: Random): number {
  if (n > 100) {
    const drawn = Math.round(n * p + Math.sqrt(n * p * (1 - p)) * standardNormal(random));
    return Math.min(n, Math.max(0, drawn));
  }
  let hits = 0;
  for (let i = 0; i < n; i++) if (random() < p) hits++;
  return hits;
}
