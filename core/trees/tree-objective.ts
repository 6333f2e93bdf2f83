/** Objectives that can be scored, by XGBoost's names. */
export const TREE_OBJECTIVES = [
  'binary:logistic',
  'binary:logitraw',
  'reg:logistic',
  'reg:squarederror',
  'count:poisson',
  'multi:softprob',
] as const;

export type TreeObjective = (typeof TREE_OBJECTIVES)[number];

export function isTreeObjective(name: string): name is TreeObjective {
  return TREE_OBJECTIVES.some((known) => known === name);
}

const PROBABILITY_EDGE = Math.fround(1e-6);

/**
 * The base score of a model file on the margin scale.
 *
 * Logistic objectives keep a probability; 0 and 1 are moved to 1e-6 and 1 - 1e-6, as XGBoost does for a label that
 * never changes. Poisson keeps a rate: 0 gives negative infinity.
 */
export function baseMargin(objective: TreeObjective, baseScore: number): number {
  switch (objective) {
    case 'binary:logistic':
    case 'binary:logitraw':
    case 'reg:logistic': {
      const highest = Math.fround(1 - PROBABILITY_EDGE);
      const p = Math.min(highest, Math.max(PROBABILITY_EDGE, Math.fround(baseScore)));
      return Math.fround(-Math.log(Math.fround(Math.fround(1 / p) - 1)));
    }
    case 'count:poisson':
      return Math.fround(Math.log(baseScore));
    case 'reg:squarederror':
    case 'multi:softprob':
      return Math.fround(baseScore);
  }
}

/**
 * Turns margins into what the objective predicts, in place, and gives the same array back: a probability (logistic),
 * a rate (Poisson), probabilities that sum to 1 (softprob), or the margin itself.
 */
export function toPredictions(objective: TreeObjective, margins: Float32Array): Float32Array {
  switch (objective) {
    case 'binary:logistic':
    case 'reg:logistic':
      for (let i = 0; i < margins.length; i++) margins[i] = sigmoid(margins[i]!);
      return margins;
    case 'count:poisson':
      for (let i = 0; i < margins.length; i++) margins[i] = Math.exp(margins[i]!);
      return margins;
    case 'multi:softprob':
      return softmax(margins);
    case 'binary:logitraw':
    case 'reg:squarederror':
      return margins;
  }
}

/** The logistic function in single precision; the exponent is capped where XGBoost caps it. */
function sigmoid(margin: number): number {
  const power = Math.fround(Math.exp(Math.min(-margin, 88.7)));
  return Math.fround(1 / Math.fround(power + 1));
}

function softmax(margins: Float32Array): Float32Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const margin of margins) highest = Math.max(highest, margin);
  let sum = 0;
  for (let i = 0; i < margins.length; i++) {
    margins[i] = Math.exp(margins[i]! - highest);
    sum += margins[i]!;
  }
  for (let i = 0; i < margins.length; i++) margins[i]! /= sum;
  return margins;
}
