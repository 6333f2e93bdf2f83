import middy from '@middy/core';
import { CommitMaterializationRequest } from '../../../contracts/materialization-flow.ts';
import {
  type CommitMaterializationDeps,
  commitMaterialization,
} from '../../use-cases/materialization/commit-materialization.ts';

export function makeCommitMaterialization(deps: CommitMaterializationDeps) {
  return middy(async (event: unknown) => commitMaterialization(deps, CommitMaterializationRequest.parse(event)));
}
