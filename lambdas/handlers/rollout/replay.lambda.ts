import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { sagemakerModelInvoker } from '../../adapters/aws/sagemaker-model-invoker.ts';
import { replayRuntimeClient } from '../../adapters/aws/sagemaker-runtime-client.ts';
import { systemTimer } from '../../adapters/system/system-timer.ts';
import { makeReplay } from './replay.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeReplay({
  ...modelAdapters(env),
  invoker: sagemakerModelInvoker(replayRuntimeClient()),
  timer: systemTimer,
  random: Math.random,
});
