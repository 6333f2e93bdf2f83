import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makeStartBatch } from './start.ts';

const env = readEnv(process.env, ['BATCH_PREDICT_MACHINE_ARN', 'OFFLINE_BUCKET', ...MODEL_ENV]);

export const handler = makeStartBatch(
  {
    ...modelAdapters(env),
    offlineBucket: env.OFFLINE_BUCKET,
    workflow: stepFunctionsWorkflow(sfnClient(), { 'batch-predict': env.BATCH_PREDICT_MACHINE_ARN }),
    ids: uuidV7Ids(systemClock),
  },
  new Logger({ serviceName: 'batch/start' }),
);
