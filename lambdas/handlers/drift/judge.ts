import middy from '@middy/core';
import { JudgeScanRequest } from '../../../contracts/drift-scan.ts';
import { type JudgeScanDeps, judgeScan } from '../../use-cases/drift/judge-scan.ts';

export function makeJudgeScan(deps: JudgeScanDeps) {
  return middy(async (event: unknown) => judgeScan(deps, JudgeScanRequest.parse(event)));
}
