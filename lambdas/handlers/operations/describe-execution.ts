import type { Workflow } from '../../ports/workflow.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeDescribeExecution(deps: { readonly workflow: Pick<Workflow, 'describe'> }, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({
    status: 200,
    body: await deps.workflow.describe(decoded(path('id'))),
  }));
}

/** The colon of an id may come percent-encoded. */
function decoded(id: string): string {
  return id.replace(/%3a/i, ':');
}
