import type { MetricChoice } from '../definitions/model.ts';
import { rowsOfK } from '../metrics/top-rows.ts';
import { rowLoss } from './row-loss.ts';

/** Answers of equal score and decision, and how many of them are, or are expected to be, positive. */
export interface OutcomeBin {
  readonly n: number;
  readonly positives: number;
  readonly score: number;
  /** Null without a decision threshold. */
  readonly decision: boolean | null;
}

/**
 * A metric of a binary model from counts instead of rows: as `measure` gives for the rows, those of one bin having its
 * score. Counts need not be whole. Null where the metric is not defined, and for metrics that bins tell nothing of (the
 * calibration error, which is what would be estimated from itself; those of regressions).
 */
export function metricOfBins(choice: MetricChoice, bins: readonly OutcomeBin[]): number | null {
  const n = sumOf(bins, (bin) => bin.n);
  if (n === 0) return null;
  const ranked = byFallingScore(bins);
  switch (choice.metric) {
    case 'auc':
      return areaOf(ranked);
    case 'average_precision':
      return averagePrecisionOf(ranked);
    case 'log_loss':
      return (
        sumOf(bins, ({ score, n: all, positives }) => {
          return positives * rowLoss('log_loss', score, 1) + (all - positives) * rowLoss('log_loss', score, 0);
        }) / n
      );
    case 'accuracy':
    case 'precision':
    case 'recall':
    case 'f1':
      return decided(choice.metric, bins, n);
    case 'precision_at_k':
    case 'recall_at_k':
      return amongTop(choice, ranked, n);
    default:
      return null;
  }
}

/** Of a random positive and a random negative, those in one bin counting half. */
function areaOf(ranked: readonly OutcomeBin[]): number | null {
  const positives = sumOf(ranked, (bin) => bin.positives);
  const negatives = sumOf(ranked, (bin) => bin.n - bin.positives);
  if (positives <= 0 || negatives <= 0) return null;
  let [area, above] = [0, 0];
  for (const bin of ranked) {
    area += (bin.n - bin.positives) * (above + bin.positives / 2);
    above += bin.positives;
  }
  return area / positives / negatives;
}

function averagePrecisionOf(ranked: readonly OutcomeBin[]): number | null {
  const positives = sumOf(ranked, (bin) => bin.positives);
  if (positives <= 0) return null;
  let [value, hits, rows] = [0, 0, 0];
  for (const bin of ranked) {
    hits += bin.positives;
    rows += bin.n;
    if (rows > 0) value += (bin.positives * hits) / rows;
  }
  return value / positives;
}

function decided(
  metric: 'accuracy' | 'precision' | 'recall' | 'f1',
  bins: readonly OutcomeBin[],
  n: number,
): number | null {
  if (bins.some(({ decision }) => decision === null)) return null;
  const yes = bins.filter(({ decision }) => decision === true);
  const hits = sumOf(yes, (bin) => bin.positives);
  const claims = sumOf(yes, (bin) => bin.n);
  const positives = sumOf(bins, (bin) => bin.positives);
  const ratio = (top: number, bottom: number) => (bottom <= 0 ? null : top / bottom);
  if (metric === 'accuracy') return (n - claims - positives + 2 * hits) / n;
  if (metric === 'precision') return ratio(hits, claims);
  return metric === 'recall' ? ratio(hits, positives) : ratio(2 * hits, claims + positives);
}

function amongTop({ metric, k = 1 }: MetricChoice, ranked: readonly OutcomeBin[], n: number): number | null {
  const rows = rowsOfK(k, n);
  const positives = sumOf(ranked, (bin) => bin.positives);
  if (rows === null || positives <= 0) return null;
  let [hits, left] = [0, rows];
  for (const bin of ranked) {
    const taken = Math.min(left, bin.n);
    if (bin.n > 0) hits += (bin.positives * taken) / bin.n;
    left -= taken;
  }
  return metric === 'precision_at_k' ? hits / rows : hits / positives;
}

/** Highest score first; bins of equal score are one. */
function byFallingScore(bins: readonly OutcomeBin[]): readonly OutcomeBin[] {
  const ranked: OutcomeBin[] = [];
  for (const bin of [...bins].sort((a, b) => b.score - a.score)) {
    const last = ranked.at(-1);
    if (last?.score !== bin.score) ranked.push(bin);
    else ranked[ranked.length - 1] = { ...last, n: last.n + bin.n, positives: last.positives + bin.positives };
  }
  return ranked;
}

function sumOf(bins: readonly OutcomeBin[], of: (bin: OutcomeBin) => number): number {
  return bins.reduce((sum, bin) => sum + of(bin), 0);
}
