import middy from '@middy/core';
import { BatchPartsRequest } from '../../../contracts/batch-prediction.ts';
import { type CollectBatchDeps, collectBatch } from '../../use-cases/batch/collect-batch.ts';

export function makeCollectBatch(deps: CollectBatchDeps) {
  return middy(async (event: unknown) => collectBatch(deps, BatchPartsRequest.parse(event)));
}
