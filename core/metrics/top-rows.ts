import { byFallingScore, type Influenced, type Scored } from './scored.ts';

/** How many rows the k of a metric means; null when there are fewer. See `MetricChoice`. */
export function rowsOfK(k: number, rows: number): number | null {
  const wanted = k < 1 ? Math.max(1, Math.round(k * rows)) : k;
  return wanted > rows ? null : wanted;
}

/**
 * Precision or recall among the k rows of highest score. Where equal scores straddle the k-th place each of them counts
 * by the share that fits, which is the mean over all orders of them. Null with fewer than k rows, or no positive one.
 *
 * The influence treats k as a share of the rows, and needs the share of positive rows at the k-th place: that of the
 * √n rows around it to each side.
 * Cost: O(n log n). Checked by: test/reference/gate-metrics.json (scikit-learn, tied rows as sample weights).
 */
export function amongTop(metric: 'precision_at_k' | 'recall_at_k', k: number, scored: Scored): Influenced | null {
  const { labels, scores } = scored;
  const n = scores.length;
  const rows = rowsOfK(k, n);
  const positives = labels.reduce((sum, label) => sum + (label === 1 ? 1 : 0), 0);
  if (rows === null || positives === 0) return null;
  const order = byFallingScore(scores);
  const weights = topWeights(scores, order, rows);
  const hits = weights.reduce((sum, weight, row) => sum + (labels[row] === 1 ? weight : 0), 0);
  const atCut = shareAround(labels, scores, order, rows);
  const kept = (row: number) => weights[row]! * ((labels[row] === 1 ? 1 : 0) - atCut) + (atCut * rows) / n;
  if (metric === 'precision_at_k') {
    const value = hits / rows;
    return { value, influence: weights.map((_, row) => (n / rows) * kept(row) - value) };
  }
  const value = hits / positives;
  return {
    value,
    influence: weights.map((_, row) => (n / positives) * (kept(row) - value * (labels[row] === 1 ? 1 : 0))),
  };
}

/** How much of each row is among the first ones. */
function topWeights(scores: readonly number[], order: Uint32Array, rows: number): Float64Array {
  const cut = scores[order[rows - 1]!]!;
  let [above, tied] = [0, 0];
  for (const score of scores) {
    if (score > cut) above++;
    else if (score === cut) tied++;
  }
  return Float64Array.from(scores, (score) => (score > cut ? 1 : score === cut ? (rows - above) / tied : 0));
}

function shareAround(labels: readonly number[], scores: readonly number[], order: Uint32Array, rows: number): number {
  const reach = Math.ceil(Math.sqrt(scores.length));
  const highest = scores[order[Math.max(0, rows - reach)]!]!;
  const lowest = scores[order[Math.min(scores.length, rows + reach) - 1]!]!;
  let [near, hits] = [0, 0];
  scores.forEach((score, row) => {
    if (score < lowest || score > highest) return;
    near++;
    if (labels[row] === 1) hits++;
  });
  return hits / near;
}
