import middy from '@middy/core';
import { TableIngestionTask } from '../../../contracts/table-ingestion-flow.ts';
import { type PlanTableIngestionDeps, planTableIngestion } from '../../use-cases/ingestion/plan-table-ingestion.ts';
import { checked } from '../invalid-request.ts';

export function makePlanTable(deps: PlanTableIngestionDeps) {
  return middy(async (event: unknown) => planTableIngestion(deps, checked(TableIngestionTask, event, 'task')));
}
