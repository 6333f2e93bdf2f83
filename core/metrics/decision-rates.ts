import type { Influenced, Scored } from './scored.ts';

/** What the decisions did to the rows. */
export interface DecisionCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** Null without a threshold. */
export function decisionCounts({ labels, scores, threshold }: Scored): DecisionCounts | null {
  if (threshold === null) return null;
  let [truePositives, falsePositives, falseNegatives] = [0, 0, 0];
  scores.forEach((score, row) => {
    const [decided, label] = [score >= threshold, labels[row] === 1];
    if (decided && label) truePositives++;
    else if (decided) falsePositives++;
    else if (label) falseNegatives++;
  });
  return { truePositives, falsePositives, falseNegatives };
}

/**
 * F1, precision or recall of the decisions: a ratio of two means over rows, by the delta method. Null where the ratio
 * is 0 over 0: no positive decision (precision), no positive label (recall), neither (F1).
 */
export function decisionRate(metric: 'f1' | 'precision' | 'recall', scored: Scored): Influenced | null {
  const { labels, scores, threshold } = scored;
  const counts = decisionCounts(scored);
  if (counts === null || threshold === null) return null;
  const weight = metric === 'f1' ? 2 : 1;
  /** What a row adds to the denominator. */
  const share = (decided: boolean, label: boolean): number => {
    if (metric === 'precision') return decided ? 1 : 0;
    if (metric === 'recall') return label ? 1 : 0;
    return (decided ? 1 : 0) + (label ? 1 : 0);
  };
  const { truePositives, falsePositives, falseNegatives } = counts;
  const over = { f1: falsePositives + falseNegatives, precision: falsePositives, recall: falseNegatives }[metric];
  const total = weight * truePositives + over;
  if (total === 0) return null;
  const value = (weight * truePositives) / total;
  const influence = Float64Array.from(scores, (score, row) => {
    const [decided, label] = [score >= threshold, labels[row] === 1];
    const hit = decided && label ? weight : 0;
    return ((hit - value * share(decided, label)) * scores.length) / total;
  });
  return { value, influence };
}
