import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makeStartTrainingSet } from './start.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'TRAINING_SET_MACHINE_ARN']);

export const handler = makeStartTrainingSet(
  {
    definitions: bundledDefinitions(import.meta.url),
    objects: s3ObjectStore(s3Client()),
    offlineBucket: env.OFFLINE_BUCKET,
    artifactBucket: env.ARTIFACT_BUCKET,
    workflow: stepFunctionsWorkflow(sfnClient(), { 'training-set': env.TRAINING_SET_MACHINE_ARN }),
    ids: uuidV7Ids(systemClock),
  },
  new Logger({ serviceName: 'training-sets/start' }),
);
