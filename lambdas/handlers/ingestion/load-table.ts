import middy from '@middy/core';
import { LoadTableRequest } from '../../../contracts/table-ingestion-flow.ts';
import type { LoadFileDeps } from '../../use-cases/ingestion/load-file.ts';
import { loadTablePart } from '../../use-cases/ingestion/load-table-part.ts';
import { checked } from '../invalid-request.ts';

export function makeLoadTable(deps: LoadFileDeps) {
  return middy(async (event: unknown) => loadTablePart(deps, checked(LoadTableRequest, event, 'request')));
}
