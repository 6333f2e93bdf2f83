import middy from '@middy/core';
import { SweepRequest } from '../../../contracts/version-flow.ts';
import { type SweepVersionsDeps, sweepVersions } from '../../use-cases/versions/sweep-versions.ts';

export function makeSweepVersions(deps: SweepVersionsDeps) {
  return middy(async (event: unknown) => sweepVersions(deps, SweepRequest.parse(event)));
}
