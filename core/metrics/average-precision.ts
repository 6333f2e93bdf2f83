import { byFallingScore, type Influenced, type Scored } from './scored.ts';

/**
 * Mean over the positive rows of the precision among the rows that score at least as high: the area under the
 * precision-recall curve as a step function. Unit: none, 0 to 1. Null without a positive row.
 *
 * Influence by differentiating E[Y A(S)/B(S)]/E[Y], with A(s) = E[Y; S >= s] and B(s) = P(S >= s).
 * Cost: O(n log n). Checked by: test/reference/gate-metrics.json (scikit-learn); its influence by test/reference/interval-coverage.test.ts.
 */
export function averagePrecision({ labels, scores }: Scored): Influenced | null {
  const n = scores.length;
  const order = byFallingScore(scores);
  const positives = labels.reduce((sum, label) => sum + (label === 1 ? 1 : 0), 0);
  if (positives === 0) return null;
  const groups = precisionGroups(labels, scores, order);
  let value = 0;
  for (const { hits, precision } of groups) value += (hits * precision) / positives;

  const influence = new Float64Array(n);
  let [below, precisionBelow] = [0, 0]; // sums over the groups that score no higher
  for (let g = groups.length - 1; g >= 0; g--) {
    const { from, to, hits, precision } = groups[g]!;
    below += hits / to;
    precisionBelow += (hits * precision) / to;
    for (let i = from; i < to; i++) {
      const label = labels[order[i]!] === 1 ? 1 : 0;
      const change = label * (precision - value) + label * below - precisionBelow;
      influence[order[i]!] = (n / positives) * change;
    }
  }
  return { value, influence };
}

interface PrecisionGroup {
  /** Places among the falling scores; `to` rows score at least as high. */
  readonly from: number;
  readonly to: number;
  /** Positive rows among those that share the score. */
  readonly hits: number;
  readonly precision: number;
}

function precisionGroups(
  labels: readonly number[],
  scores: readonly number[],
  order: Uint32Array,
): readonly PrecisionGroup[] {
  const groups: PrecisionGroup[] = [];
  let found = 0;
  for (let from = 0; from < order.length; ) {
    let [to, hits] = [from, 0];
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) {
      if (labels[order[to]!] === 1) hits++;
      to++;
    }
    found += hits;
    groups.push({ from, to, hits, precision: found / to });
    from = to;
  }
  return groups;
}
