import { DeadLettersQuery } from '../../../contracts/api/dead-letters.ts';
import type { DeadLetterDeps } from '../../use-cases/ingestion/dead-letters.ts';
import { listDeadLetters } from '../../use-cases/ingestion/list-dead-letters.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeListDeadLetters(deps: DeadLetterDeps, log: RequestLog) {
  return httpHandler(log, async ({ query }) => ({
    status: 200,
    body: await listDeadLetters(deps, checked(DeadLettersQuery, query, 'query')),
  }));
}
