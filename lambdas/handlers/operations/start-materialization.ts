import { StartMaterializationRequest } from '../../../contracts/api/operations.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import { type StartDeps, startMaterialization } from '../../use-cases/operations/start-operations.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartMaterialization(deps: StartDeps & { readonly versions: ViewVersions }, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const ask = checked(StartMaterializationRequest, body, 'body');
    return { status: 202, body: await startMaterialization(deps, path('view'), ask, { actor, idempotencyKey }) };
  });
}
