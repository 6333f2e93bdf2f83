import type { Prediction } from './prediction-record.ts';
import type { ServingPlan } from './serving-plan.ts';

/** A score with the decision that a release makes of it; a score at the threshold is positive. */
export function decide({ decisionThreshold }: Pick<ServingPlan, 'decisionThreshold'>, score: number): Prediction {
  return { score, decision: decisionThreshold === null ? null : score >= decisionThreshold };
}
