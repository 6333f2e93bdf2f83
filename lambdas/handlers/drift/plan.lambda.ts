import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { OFFLINE_ENV, offlineAdapters } from '../../adapters/aws/offline-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makePlanScan } from './plan.ts';

const env = readEnv(process.env, [...OFFLINE_ENV, ...MODEL_ENV, 'HEADGATE_STAGE']);

export const handler = makePlanScan({
  ...offlineAdapters(env),
  ...modelAdapters(env),
  definitions: bundledDefinitions(import.meta.url),
  metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
});
