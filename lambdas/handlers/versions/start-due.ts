import middy from '@middy/core';
import { type StartDueVersionsDeps, startDueVersions } from '../../use-cases/versions/start-due-versions.ts';

export function makeStartDueVersions(deps: StartDueVersionsDeps) {
  return middy(async () => startDueVersions(deps));
}
