import middy from '@middy/core';
import { PrepareBatchRequest } from '../../../contracts/batch-prediction.ts';
import { type PrepareBatchDeps, prepareBatch } from '../../use-cases/batch/prepare-batch.ts';

export function makePrepareBatch(deps: PrepareBatchDeps) {
  return middy(async (event: unknown) => prepareBatch(deps, PrepareBatchRequest.parse(event)));
}
