import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoPredictionLedger } from '../../adapters/aws/dynamo-prediction-ledger.ts';
import { firehoseClient } from '../../adapters/aws/firehose-client.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeGetPrediction } from './get-prediction.ts';

const env = readEnv(process.env, ['PREDICTION_TABLE']);

export const handler = makeGetPrediction(
  {
    ledger: dynamoPredictionLedger({
      dynamo: dynamoClient(),
      table: env.PREDICTION_TABLE,
      firehose: firehoseClient(),
      predictionStream: null,
      outcomeStream: null,
      clock: systemClock,
    }),
  },
  new Logger({ serviceName: 'serving/get-prediction' }),
);
