import middy from '@middy/core';
import { AdvanceRetrainingRequest } from '../../../contracts/retraining.ts';

export function makeAdvanceRetraining() {
  return middy(async (event: unknown) => {
    const { model } = AdvanceRetrainingRequest.parse(event);
    return { model, action: 'nothing' };
  });
}
