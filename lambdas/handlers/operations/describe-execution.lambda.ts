import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { makeDescribeExecution } from './describe-execution.ts';

const env = readEnv(process.env, [
  'INGEST_MACHINE_ARN',
  'INGEST_TABLE_MACHINE_ARN',
  'MATERIALIZE_MACHINE_ARN',
  'TRAIN_MACHINE_ARN',
  'ROLLOUT_MACHINE_ARN',
  'RECONCILE_MACHINE_ARN',
  'TRAINING_SET_MACHINE_ARN',
  'SKEW_AUDIT_MACHINE_ARN',
  'DRIFT_SCAN_MACHINE_ARN',
  'BATCH_PREDICT_MACHINE_ARN',
]);

export const handler = makeDescribeExecution(
  {
    workflow: stepFunctionsWorkflow(sfnClient(), {
      ingest: env.INGEST_MACHINE_ARN,
      'ingest-table': env.INGEST_TABLE_MACHINE_ARN,
      materialize: env.MATERIALIZE_MACHINE_ARN,
      train: env.TRAIN_MACHINE_ARN,
      rollout: env.ROLLOUT_MACHINE_ARN,
      reconcile: env.RECONCILE_MACHINE_ARN,
      'training-set': env.TRAINING_SET_MACHINE_ARN,
      'skew-audit': env.SKEW_AUDIT_MACHINE_ARN,
      'drift-scan': env.DRIFT_SCAN_MACHINE_ARN,
      'batch-predict': env.BATCH_PREDICT_MACHINE_ARN,
    }),
  },
  new Logger({ serviceName: 'operations/describe-execution' }),
);
