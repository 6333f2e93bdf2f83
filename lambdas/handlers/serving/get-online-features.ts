import { GetOnlineFeaturesRequest } from '../../../contracts/api/feast.ts';
import { type GetOnlineFeaturesDeps, getOnlineFeatures } from '../../use-cases/serving/get-online-features.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeGetOnlineFeatures(deps: GetOnlineFeaturesDeps, log: RequestLog) {
  return httpHandler(log, async ({ body }) => ({
    status: 200,
    body: await getOnlineFeatures(deps, checked(GetOnlineFeaturesRequest, body, 'body')),
  }));
}
