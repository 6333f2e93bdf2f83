import middy from '@middy/core';
import { SealTrainingSetRequest } from '../../../contracts/training-set-flow.ts';
import { type SealPartsDeps, sealParts } from '../../use-cases/training-sets/seal-parts.ts';

export function makeSealParts(deps: SealPartsDeps) {
  return middy(async (event: unknown) => sealParts(deps, SealTrainingSetRequest.parse(event)));
}
