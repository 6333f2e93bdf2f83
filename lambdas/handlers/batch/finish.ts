import middy from '@middy/core';
import { FinishBatchRequest } from '../../../contracts/batch-prediction.ts';
import { type FinishBatchDeps, finishBatch } from '../../use-cases/batch/finish-batch.ts';

export function makeFinishBatch(deps: FinishBatchDeps) {
  return middy(async (event: unknown) => finishBatch(deps, FinishBatchRequest.parse(event)));
}
