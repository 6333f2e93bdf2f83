import type { MetricChoice } from '../definitions/model.ts';
import type { Influenced, Scored } from './scored.ts';

/** Probabilities are kept this far from 0 and 1, as scikit-learn does for float64. */
const CLIP = 2 ** -52;

type LossMetric = 'log_loss' | 'accuracy' | 'rmse' | 'mae' | 'pinball';

/** The metrics that are a mean over rows, or the root of one (RMSE, by the delta method). Null without rows. */
export function meanOfLosses(
  choice: MetricChoice & { readonly metric: LossMetric },
  scored: Scored,
): Influenced | null {
  const losses = rowLosses(choice, scored);
  if (losses === null || losses.length === 0) return null;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  if (choice.metric === 'accuracy') return { value: 1 - mean, influence: losses.map((loss) => mean - loss) };
  if (choice.metric !== 'rmse') return { value: mean, influence: losses.map((loss) => loss - mean) };
  const rmse = Math.sqrt(mean);
  return { value: rmse, influence: losses.map((loss) => (rmse === 0 ? 0 : (loss - mean) / (2 * rmse))) };
}

function rowLosses(
  { metric, alpha = 0.5 }: MetricChoice & { readonly metric: LossMetric },
  { labels, scores, threshold }: Scored,
): Float64Array | null {
  if (metric === 'accuracy' && threshold === null) return null;
  const of = {
    log_loss: (score: number, label: number) => {
      const p = Math.min(1 - CLIP, Math.max(CLIP, score));
      return label === 1 ? -Math.log(p) : -Math.log1p(-p);
    },
    accuracy: (score: number, label: number) => (score >= threshold! === (label === 1) ? 0 : 1), // null is told above
    rmse: (score: number, label: number) => (score - label) ** 2,
    mae: (score: number, label: number) => Math.abs(score - label),
    /** Koenker and Bassett (1978): `alpha` of what the truth lies above, the rest of what it lies below. */
    pinball: (score: number, label: number) =>
      label >= score ? alpha * (label - score) : (1 - alpha) * (score - label),
  }[metric];
  return Float64Array.from(scores, (score, row) => of(score, labels[row]!));
}
