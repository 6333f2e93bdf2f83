import middy from '@middy/core';
import { CheckMaterializationRequest } from '../../../contracts/materialization-flow.ts';
import {
  type CheckMaterializationDeps,
  checkMaterialization,
} from '../../use-cases/materialization/check-materialization.ts';

export function makeCheckMaterialization(deps: CheckMaterializationDeps) {
  return middy(async (event: unknown) => checkMaterialization(deps, CheckMaterializationRequest.parse(event)));
}
