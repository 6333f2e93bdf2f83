import middy from '@middy/core';
import { SealRequest } from '../../../contracts/training-plan.ts';
import { type SealTrainingSetDeps, sealTrainingSet } from '../../use-cases/training/seal-training-set.ts';

export function makeSealTrainingSet(deps: SealTrainingSetDeps) {
  return middy(async (event: unknown) => sealTrainingSet(deps, SealRequest.parse(event)));
}
