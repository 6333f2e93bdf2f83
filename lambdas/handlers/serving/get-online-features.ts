import { GetOnlineFeaturesRequest } from '../../../contracts/api/feast.ts';
import { type GetOnlineFeaturesDeps, onlineFeatureReader } from '../../use-cases/serving/get-online-features.ts';
import { httpHandler, JsonText } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';
import { feastJson } from './feast-json.ts';

export function makeGetOnlineFeatures(deps: GetOnlineFeaturesDeps, log: RequestLog) {
  const { getOnlineFeatures } = onlineFeatureReader(deps);
  return httpHandler(log, async ({ body }) => {
    const ask = checked(GetOnlineFeaturesRequest, body, 'body');
    return { status: 200, body: new JsonText(feastJson(await getOnlineFeatures(ask), ask)) };
  });
}
