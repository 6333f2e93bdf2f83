import middy from '@middy/core';
import { EvaluationRequest } from '../../../contracts/training-flow.ts';
import { type PrepareEvaluationDeps, prepareEvaluation } from '../../use-cases/training/prepare-evaluation.ts';

export function makePrepareEvaluation(deps: PrepareEvaluationDeps) {
  return middy(async (event: unknown) => prepareEvaluation(deps, EvaluationRequest.parse(event)));
}
