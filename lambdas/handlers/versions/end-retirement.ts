import middy from '@middy/core';
import { EndRetirementRequest } from '../../../contracts/version-flow.ts';
import { type EndRetirementDeps, endRetirements } from '../../use-cases/versions/end-retirement.ts';

export function makeEndRetirement(deps: EndRetirementDeps) {
  return middy(async (event: unknown) => endRetirements(deps, EndRetirementRequest.parse(event)));
}
