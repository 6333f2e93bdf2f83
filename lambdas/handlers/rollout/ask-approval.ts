import middy from '@middy/core';
import { AskApprovalRequest } from '../../../contracts/rollout.ts';
import { type AskApprovalDeps, askApproval } from '../../use-cases/rollout/ask-approval.ts';

export function makeAskApproval(deps: AskApprovalDeps) {
  return middy(async (event: unknown) => askApproval(deps, AskApprovalRequest.parse(event)));
}
