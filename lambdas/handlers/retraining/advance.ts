import middy from '@middy/core';
import { AdvanceRetrainingRequest } from '../../../contracts/retraining.ts';
import { type AdvanceRetrainingDeps, advanceRetraining } from '../../use-cases/retraining/advance-retraining.ts';
import { checked } from '../invalid-request.ts';

export function makeAdvanceRetraining(deps: AdvanceRetrainingDeps) {
  return middy(async (event: unknown) => advanceRetraining(deps, checked(AdvanceRetrainingRequest, event, 'task')));
}
