import middy from '@middy/core';
import { MaterializationRequest } from '../../../contracts/materialization-flow.ts';
import {
  type PlanMaterializationDeps,
  planMaterialization,
} from '../../use-cases/materialization/plan-materialization.ts';
import { checked } from '../invalid-request.ts';

export function makePlanMaterialization(deps: PlanMaterializationDeps) {
  return middy(async (event: unknown) => planMaterialization(deps, checked(MaterializationRequest, event, 'task')));
}
