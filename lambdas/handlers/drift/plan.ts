import middy from '@middy/core';
import { DriftScanRequest } from '../../../contracts/drift-scan.ts';
import { type PlanScanDeps, planScan } from '../../use-cases/drift/plan-scan.ts';

export function makePlanScan(deps: PlanScanDeps) {
  return middy(async (event: unknown) => planScan(deps, DriftScanRequest.parse(event)));
}
