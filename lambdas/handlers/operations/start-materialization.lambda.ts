import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { versionAdapters } from '../../adapters/aws/offline-adapters.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makeStartMaterialization } from './start-materialization.ts';

const env = readEnv(process.env, ['MATERIALIZE_MACHINE_ARN', 'REGISTRY_TABLE']);

export const handler = makeStartMaterialization(
  {
    versions: versionAdapters(env, bundledDefinitions(import.meta.url)).versions,
    workflow: stepFunctionsWorkflow(sfnClient(), { materialize: env.MATERIALIZE_MACHINE_ARN }),
    ids: uuidV7Ids(systemClock),
    clock: systemClock,
  },
  new Logger({ serviceName: 'operations/start-materialization' }),
);
