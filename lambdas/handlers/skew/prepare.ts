import middy from '@middy/core';
import { SkewStepRequest } from '../../../contracts/skew-audit.ts';
import { type PrepareSkewJoinDeps, prepareSkewJoin } from '../../use-cases/skew/prepare-skew-join.ts';

export function makePrepareSkewJoin(deps: PrepareSkewJoinDeps) {
  return middy(async (event: unknown) => prepareSkewJoin(deps, SkewStepRequest.parse(event)));
}
