/** Evaluation metrics, by XGBoost's names. */
export const METRIC_NAMES = ['logloss', 'auc', 'error', 'rmse', 'mae', 'poisson-nloglik'] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/** Whether larger values of the metric are better. */
export function isMaximized(metric: MetricName): boolean {
  return metric === 'auc';
}

const EDGE = 1e-16;

/**
 * One number for how well predictions fit labels; `auc` is NaN when all labels are alike.
 *
 * @param predictions what the objective predicts, not margins
 */
export function measure(metric: MetricName, predictions: Float32Array, labels: Float32Array): number {
  switch (metric) {
    case 'auc':
      return areaUnderRoc(predictions, labels);
    case 'logloss':
      return mean(
        predictions,
        labels,
        (p, y) => -y * Math.log(Math.max(p, EDGE)) - (1 - y) * Math.log(Math.max(1 - p, EDGE)),
      );
    case 'error':
      return mean(predictions, labels, (p, y) => (p > 0.5 ? 1 - y : y));
    case 'rmse':
      return Math.sqrt(mean(predictions, labels, (p, y) => (p - y) ** 2));
    case 'mae':
      return mean(predictions, labels, (p, y) => Math.abs(p - y));
    case 'poisson-nloglik':
      return mean(predictions, labels, (p, y) => logFactorial(y) + p - Math.log(Math.max(p, EDGE)) * y);
  }
}

function mean(
  predictions: Float32Array,
  labels: Float32Array,
  loss: (prediction: number, label: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += loss(predictions[i]!, labels[i]!);
  return sum / labels.length;
}

/**
 * Chance that a row with label 1 scores above one with label 0, ties counting half. Labels between 0 and 1 count for
 * both sides, as in XGBoost.
 *
 * Cost: one sort. A score and its label are packed in one number, since typed arrays of numbers sort fastest.
 */
function areaUnderRoc(scores: Float32Array, labels: Float32Array): number {
  const order = Float64Array.from(scores, (score, i) =>
    isFractional(labels[i]!) ? Number.NaN : 2 * ranked(score) + labels[i]!,
  );
  if (order.some(Number.isNaN)) return weightedAreaUnderRoc(scores, labels);
  order.sort();
  let below = 0;
  let positives = 0;
  let area = 0;
  for (let i = 0; i < order.length; ) {
    const tie = Math.floor(order[i]! / 2);
    let ones = 0;
    let zeros = 0;
    for (; i < order.length && Math.floor(order[i]! / 2) === tie; i++) order[i]! % 2 === 1 ? ones++ : zeros++;
    area += ones * (below + zeros / 2);
    below += zeros;
    positives += ones;
  }
  return area / (positives * below);
}

function weightedAreaUnderRoc(scores: Float32Array, labels: Float32Array): number {
  const order = Int32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let below = 0;
  let positives = 0;
  let area = 0;
  for (let i = 0; i < order.length; ) {
    const tie = scores[order[i]!]!;
    let ones = 0;
    let zeros = 0;
    for (; i < order.length && scores[order[i]!] === tie; i++) {
      ones += labels[order[i]!]!;
      zeros += 1 - labels[order[i]!]!;
    }
    area += ones * (below + zeros / 2);
    below += zeros;
    positives += ones;
  }
  return area / (positives * below);
}

function isFractional(label: number): boolean {
  return label !== 0 && label !== 1;
}

const floatBits = new Float32Array(1);
const intBits = new Uint32Array(floatBits.buffer);

/** A whole number that orders as the score does, and is equal where the scores are. */
function ranked(score: number): number {
  floatBits[0] = score + 0; // -0 becomes 0
  const bits = intBits[0]!;
  return bits >= 0x80000000 ? 0xffffffff - bits : bits + 0x80000000;
}

/** Logarithm of n! for whole and fractional n of 0 or more; Stirling's series after shifting up, error below 1e-10. */
function logFactorial(n: number): number {
  let shift = 0;
  let x = n + 1;
  while (x < 7) shift += Math.log(x++);
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5) - 1 / (1680 * x ** 7);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
