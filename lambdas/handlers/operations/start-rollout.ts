import { StartRolloutRequest } from '../../../contracts/api/operations.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { type StartDeps, startRollout } from '../../use-cases/operations/start-operations.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export interface StartRolloutDeps extends StartDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'release'>;
}

export function makeStartRollout(deps: StartRolloutDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const ask = checked(StartRolloutRequest, body, 'body');
    return { status: 202, body: await startRollout(deps, path('model'), ask, { actor, idempotencyKey }) };
  });
}
