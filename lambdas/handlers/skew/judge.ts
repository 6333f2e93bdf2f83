import middy from '@middy/core';
import { SkewStepRequest } from '../../../contracts/skew-audit.ts';
import { type JudgeSkewDeps, judgeSkew } from '../../use-cases/skew/judge-skew.ts';

export function makeJudgeSkew(deps: JudgeSkewDeps) {
  return middy(async (event: unknown) => judgeSkew(deps, SkewStepRequest.parse(event)));
}
