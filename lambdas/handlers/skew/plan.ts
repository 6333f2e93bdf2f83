import middy from '@middy/core';
import { SkewAuditRequest } from '../../../contracts/skew-audit.ts';
import { type PlanSkewAuditDeps, planSkewAudit } from '../../use-cases/skew/plan-skew-audit.ts';
import { checked } from '../invalid-request.ts';

export function makePlanSkewAudit(deps: PlanSkewAuditDeps) {
  return middy(async (event: unknown) => planSkewAudit(deps, checked(SkewAuditRequest, event, 'task')));
}
