import middy from '@middy/core';
import { BatchPredictionTask } from '../../../contracts/batch-prediction.ts';
import { type PlanBatchDeps, planBatch } from '../../use-cases/batch/plan-batch.ts';
import { checked } from '../invalid-request.ts';

export function makePlanBatch(deps: PlanBatchDeps) {
  return middy(async (event: unknown) => planBatch(deps, checked(BatchPredictionTask, event, 'task')));
}
