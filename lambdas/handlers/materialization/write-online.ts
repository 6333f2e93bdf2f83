import middy from '@middy/core';
import { WriteOnlineRequest } from '../../../contracts/materialization-flow.ts';
import { type WriteOnlineDeps, writeOnlineFeatures } from '../../use-cases/materialization/write-online-features.ts';

export function makeWriteOnline(deps: WriteOnlineDeps) {
  return middy(async (event: unknown) => writeOnlineFeatures(deps, WriteOnlineRequest.parse(event)));
}
