import { DeadLettersQuery } from '../../../contracts/api/dead-letters.ts';
import type { DeadLetterDeps } from '../../use-cases/ingestion/dead-letters.ts';
import { listDeadLetters } from '../../use-cases/ingestion/list-dead-letters.ts';
import { type HttpRequest, httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeListDeadLetters(deps: DeadLetterDeps, log: RequestLog) {
  const answer = async ({ query }: HttpRequest) => ({
    status: 200,
    body: await listDeadLetters(deps, checked(DeadLettersQuery, query, 'query')),
  });
  return httpHandler(log, answer, () => true);
}
