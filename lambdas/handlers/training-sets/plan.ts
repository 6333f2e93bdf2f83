import middy from '@middy/core';
import { TrainingSetTask } from '../../../contracts/training-set-flow.ts';
import { type PlanTrainingSetDeps, planTrainingSet } from '../../use-cases/training-sets/plan-training-set.ts';
import { checked } from '../invalid-request.ts';

export function makePlanTrainingSet(deps: PlanTrainingSetDeps) {
  return middy(async (event: unknown) => planTrainingSet(deps, checked(TrainingSetTask, event, 'task')));
}
