import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { dynamoPredictionLedger } from '../../adapters/aws/dynamo-prediction-ledger.ts';
import { firehoseClient } from '../../adapters/aws/firehose-client.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeRecordOutcomes } from './record-outcomes.ts';

const env = readEnv(process.env, ['PREDICTION_TABLE', 'REGISTRY_TABLE', 'OUTCOME_STREAM']);
const dynamo = dynamoClient();

export const handler = makeRecordOutcomes(
  {
    ledger: dynamoPredictionLedger({
      dynamo,
      table: env.PREDICTION_TABLE,
      firehose: firehoseClient(),
      predictionStream: null,
      outcomeStream: env.OUTCOME_STREAM,
      clock: systemClock,
    }),
    registry: dynamoModelRegistry(dynamo, env.REGISTRY_TABLE),
    clock: systemClock,
  },
  new Logger({ serviceName: 'serving/record-outcomes' }),
);
