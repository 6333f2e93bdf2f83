import middy from '@middy/core';
import { AbandonBatchRequest } from '../../../contracts/batch-prediction.ts';
import { type AbandonBatchDeps, abandonBatch } from '../../use-cases/batch/abandon-batch.ts';

export function makeAbandonBatch(deps: AbandonBatchDeps) {
  return middy(async (event: unknown) => abandonBatch(deps, AbandonBatchRequest.parse(event)));
}
