import { ReplayDeadLettersRequest } from '../../../contracts/api/dead-letters.ts';
import { type ReplayDeadLettersDeps, replayDeadLetters } from '../../use-cases/ingestion/replay-dead-letters.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';
import { tellFailure } from './tell-failure.ts';

export function makeReplayDeadLetters(deps: Omit<ReplayDeadLettersDeps, 'onFailure'>, log: RequestLog) {
  const told = { ...deps, onFailure: tellFailure(log) };
  return httpHandler(log, async ({ body }) => ({
    status: 200,
    body: await replayDeadLetters(told, checked(ReplayDeadLettersRequest, body, 'body')),
  }));
}
