import type { EnvName } from '../../../contracts/environment.ts';
import { embeddedMetrics } from '../system/embedded-metrics.ts';
import { systemClock } from '../system/system-clock.ts';
import { dynamoClient } from './dynamo-client.ts';
import { dynamoRetrainingLog } from './dynamo-retraining-log.ts';
import { dynamoTableLog } from './dynamo-table-log.ts';
import { modelAdapters, stageEvents } from './model-adapters.ts';
import { sfnClient, stepFunctionsWorkflow } from './step-functions-workflow.ts';

/** Variables that `retrainingAdapters` reads, beside the stage. */
export const RETRAINING_ENV = [
  'REGISTRY_TABLE',
  'ARTIFACT_BUCKET',
  'TRAIN_MACHINE_ARN',
  'ROLLOUT_MACHINE_ARN',
  'EVENT_BUS',
  'HEADGATE_REGION',
] as const satisfies readonly EnvName[];

/** What functions need that train models again, or note what became of it. */
export function retrainingAdapters(env: Readonly<Record<(typeof RETRAINING_ENV)[number] | 'HEADGATE_STAGE', string>>) {
  return {
    ...modelAdapters(env),
    log: dynamoRetrainingLog(dynamoClient(), env.REGISTRY_TABLE),
    tables: dynamoTableLog(dynamoClient(), env.REGISTRY_TABLE, systemClock),
    workflow: stepFunctionsWorkflow(sfnClient(), { train: env.TRAIN_MACHINE_ARN, rollout: env.ROLLOUT_MACHINE_ARN }),
    events: stageEvents(env),
    metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
    region: env.HEADGATE_REGION,
  };
}
