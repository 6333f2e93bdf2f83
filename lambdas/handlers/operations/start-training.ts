import { StartTrainingRequest } from '../../../contracts/api/operations.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { type StartDeps, startTraining } from '../../use-cases/operations/start-operations.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export interface StartTrainingDeps extends StartDeps {
  readonly definitions: Definitions;
  readonly registry: Pick<ModelRegistry, 'model'>;
}

export function makeStartTraining(deps: StartTrainingDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const ask = checked(StartTrainingRequest, body, 'body');
    return { status: 202, body: await startTraining(deps, path('model'), ask, { actor, idempotencyKey }) };
  });
}
