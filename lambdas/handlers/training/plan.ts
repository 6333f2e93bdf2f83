import middy from '@middy/core';
import { TrainingRequest } from '../../../contracts/training-plan.ts';
import { type PlanLeakCheckDeps, planLeakCheck } from '../../use-cases/training/plan-leak-check.ts';
import { type PlanTrainingDeps, planTraining } from '../../use-cases/training/plan-training.ts';
import { checked } from '../invalid-request.ts';

export function makePlanTraining(deps: PlanTrainingDeps & PlanLeakCheckDeps) {
  return middy(async (event: unknown) => {
    const ask = checked(TrainingRequest, event, 'task');
    return ask.knowledgeCut ? planTraining(deps, ask) : planLeakCheck(deps, ask);
  });
}
