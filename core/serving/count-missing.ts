import type { SeenValue } from './prediction-record.ts';

/** How many inputs a model saw, and how many of them had no value, whatever stood for it. */
export function countMissing(features: Readonly<Record<string, SeenValue>>): {
  readonly inputs: number;
  readonly missingInputs: number;
} {
  let inputs = 0;
  let missingInputs = 0;
  for (const ref in features) {
    inputs++;
    if (features[ref]?.value === null) missingInputs++;
  }
  return { inputs, missingInputs };
}
