import { readEnv } from '../../../contracts/environment.ts';
import { versionAdapters } from '../../adapters/aws/offline-adapters.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeStartDueVersions } from './start-due.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'MATERIALIZE_MACHINE_ARN']);

export const handler = makeStartDueVersions({
  versions: versionAdapters(env, bundledDefinitions(import.meta.url)).versions,
  workflow: stepFunctionsWorkflow(sfnClient(), { materialize: env.MATERIALIZE_MACHINE_ARN }),
  clock: systemClock,
});
