import middy from '@middy/core';
import { BatchPartsRequest } from '../../../contracts/batch-prediction.ts';
import { type PublishBatchDeps, publishBatch } from '../../use-cases/batch/publish-batch.ts';

export function makePublishBatch(deps: PublishBatchDeps) {
  return middy(async (event: unknown) => publishBatch(deps, BatchPartsRequest.parse(event)));
}
