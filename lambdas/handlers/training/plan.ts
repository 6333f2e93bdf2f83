import middy from '@middy/core';
import { TrainingRequest } from '../../../contracts/training-plan.ts';
import { type PlanTrainingDeps, planTraining } from '../../use-cases/training/plan-training.ts';

export function makePlanTraining(deps: PlanTrainingDeps) {
  return middy(async (event: unknown) => planTraining(deps, TrainingRequest.parse(event)));
}
