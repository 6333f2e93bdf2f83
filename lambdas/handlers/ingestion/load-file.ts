import middy from '@middy/core';
import { IngestionTask } from '../../../contracts/ingestion-task.ts';
import { type LoadFileDeps, loadFile } from '../../use-cases/ingestion/load-file.ts';
import { checked } from '../invalid-request.ts';

export function makeLoadFile(deps: LoadFileDeps) {
  return middy(async (event: unknown) => loadFile(deps, checked(IngestionTask, event, 'task')));
}
