import middy from '@middy/core';
import { CheckpointEvent } from '../../../contracts/audit.ts';
import { type SignCheckpointsDeps, signCheckpoints } from '../../use-cases/audit/sign-checkpoints.ts';

export function makeSignCheckpoints(deps: SignCheckpointsDeps) {
  return middy(async (event: unknown) => signCheckpoints(deps, CheckpointEvent.parse(event)));
}
