import { AcknowledgeRetrainingRequest } from '../../../contracts/retraining.ts';
import {
  type AcknowledgeRetrainingDeps,
  acknowledgeRetraining,
} from '../../use-cases/retraining/acknowledge-retraining.ts';
import { type ReadRetrainingDeps, retrainingBody } from '../../use-cases/retraining/read-retraining.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeAcknowledgeRetraining(
  deps: AcknowledgeRetrainingDeps & Pick<ReadRetrainingDeps, 'definitions'>,
  log: RequestLog,
) {
  return httpHandler(log, async ({ path, body, actor }) => {
    const ask = checked(AcknowledgeRetrainingRequest, body, 'body');
    return { status: 200, body: retrainingBody(deps, await acknowledgeRetraining(deps, path('model'), ask, actor)) };
  });
}
