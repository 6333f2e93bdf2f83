import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters, stageEvents } from '../../adapters/aws/model-adapters.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeFinishBatch } from './finish.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', ...MODEL_ENV, 'EVENT_BUS', 'HEADGATE_STAGE', 'HEADGATE_REGION']);

export const handler = makeFinishBatch({
  ...modelAdapters(env),
  offlineBucket: env.OFFLINE_BUCKET,
  region: env.HEADGATE_REGION,
  events: stageEvents(env),
  metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
});
