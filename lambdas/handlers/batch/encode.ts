import middy from '@middy/core';
import { BatchPartsRequest } from '../../../contracts/batch-prediction.ts';
import { type EncodeBatchDeps, encodeBatch } from '../../use-cases/batch/encode-batch.ts';

export function makeEncodeBatch(deps: EncodeBatchDeps) {
  return middy(async (event: unknown) => encodeBatch(deps, BatchPartsRequest.parse(event)));
}
