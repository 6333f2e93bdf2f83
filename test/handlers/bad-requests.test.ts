import { beforeAll, describe, expect, it } from 'vitest';
import { ErrorResponse } from '../../contracts/api/error-response.ts';
import { API_ROUTES } from '../../contracts/api/routes.ts';
import { makeListBatches } from '../../lambdas/handlers/batch/list.ts';
import { makeStartBatch } from '../../lambdas/handlers/batch/start.ts';
import { makeReadCatalog } from '../../lambdas/handlers/catalog/read.ts';
import { makeReadDriftScans } from '../../lambdas/handlers/drift/read.ts';
import { makeStartDriftScan } from '../../lambdas/handlers/drift/start.ts';
import { makeOpenIngestion } from '../../lambdas/handlers/ingestion/open-ingestion.ts';
import { makePush } from '../../lambdas/handlers/ingestion/push.ts';
import { makeStartIngestion } from '../../lambdas/handlers/ingestion/start-ingestion.ts';
import { makeDescribeExecution } from '../../lambdas/handlers/operations/describe-execution.ts';
import { makeStartMaterialization } from '../../lambdas/handlers/operations/start-materialization.ts';
import { makeStartRollout } from '../../lambdas/handlers/operations/start-rollout.ts';
import { makeStartTraining } from '../../lambdas/handlers/operations/start-training.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeAcknowledgeRetraining } from '../../lambdas/handlers/retraining/acknowledge.ts';
import { makeReadRetraining } from '../../lambdas/handlers/retraining/read.ts';
import { makeGetOnlineFeatures } from '../../lambdas/handlers/serving/get-online-features.ts';
import { makeGetPrediction } from '../../lambdas/handlers/serving/get-prediction.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import { makeRecordOutcomes } from '../../lambdas/handlers/serving/record-outcomes.ts';
import { TO_DATA } from './bad-requests-to-data.ts';
import { TO_SERVING } from './bad-requests-to-serving.ts';
import { TO_WATCHING } from './bad-requests-to-watching.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';

let platform: PlatformInMemory;
let handlers: Record<string, Parameters<typeof call>[0]>;

beforeAll(async () => {
  platform = platformInMemory();
  await registerChurn(platform);
  await promote(platform);
  handlers = {
    'serving/predict': makePredict(platform, silentLog),
    'serving/get-online-features': makeGetOnlineFeatures(platform, silentLog),
    'serving/get-prediction': makeGetPrediction(platform, silentLog),
    'serving/record-outcomes': makeRecordOutcomes(platform, silentLog),
    'ingestion/push': makePush(platform, silentLog),
    'ingestion/open-ingestion': makeOpenIngestion(platform, silentLog),
    'ingestion/start-ingestion': makeStartIngestion(platform, silentLog),
    'operations/start-materialization': makeStartMaterialization(platform, silentLog),
    'operations/start-training': makeStartTraining(platform, silentLog),
    'operations/start-rollout': makeStartRollout(platform, silentLog),
    'operations/describe-execution': makeDescribeExecution(platform, silentLog),
    'catalog/read': makeReadCatalog(platform, silentLog),
    'drift/start': makeStartDriftScan(platform, silentLog),
    'drift/read': makeReadDriftScans(platform, silentLog),
    'retraining/read': makeReadRetraining(platform, silentLog),
    'retraining/acknowledge': makeAcknowledgeRetraining(platform, silentLog),
    'batch/start': makeStartBatch(platform, silentLog),
    'batch/list': makeListBatches(platform, silentLog),
  };
});

describe('every door refuses bad input with what is wrong and what is allowed', () => {
  it.each([...TO_SERVING, ...TO_DATA, ...TO_WATCHING])(
    '$to: $why → $status',
    async ({ to, body, status, says, ...how }) => {
      const route = API_ROUTES.find(({ operationId }) => operationId === to)!;
      const answer = await call(handlers[route.functionName]!, `${route.method} ${route.path}`, body, how);
      expect(answer.status).toBe(status);
      expect(ErrorResponse.parse(answer.body).error.message).toContain(says);
    },
  );

  it('has written nothing by then', async () => {
    expect(platform.objects.keys('offline')).toEqual([]);
    expect((await platform.tables.head('source_orders')).rows).toBe(0);
    expect(platform.online.all()).toEqual([]);
    expect(platform.workflow.started).toEqual([]);
    expect((await platform.log.state('churn')).version).toBe(0);
    expect(platform.ledger.records.size).toBe(0);
  });
});
