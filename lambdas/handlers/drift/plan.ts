import middy from '@middy/core';
import { DriftScanRequest } from '../../../contracts/drift-scan.ts';
import { type PlanScanDeps, planScan } from '../../use-cases/drift/plan-scan.ts';
import { checked } from '../invalid-request.ts';

export function makePlanScan(deps: PlanScanDeps) {
  return middy(async (event: unknown) => planScan(deps, checked(DriftScanRequest, event, 'task')));
}
