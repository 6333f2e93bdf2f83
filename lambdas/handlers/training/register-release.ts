import middy from '@middy/core';
import { RegisterReleaseRequest } from '../../../contracts/training-flow.ts';
import { type RegisterReleaseDeps, registerRelease } from '../../use-cases/training/register-release.ts';

export function makeRegisterRelease(deps: RegisterReleaseDeps) {
  return middy(async (event: unknown) => registerRelease(deps, RegisterReleaseRequest.parse(event)));
}
