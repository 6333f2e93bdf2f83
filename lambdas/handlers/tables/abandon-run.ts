import middy from '@middy/core';
import { AbandonRunTask } from '../../../contracts/ingestion-task.ts';
import { type AbandonRunDeps, abandonRun } from '../../use-cases/tables/abandon-run.ts';
import { checked } from '../invalid-request.ts';

export function makeAbandonRun(deps: AbandonRunDeps) {
  return middy(async (event: unknown) => abandonRun(deps, checked(AbandonRunTask, event, 'task')));
}
