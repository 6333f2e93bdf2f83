import { canonicalJson } from '../../core/canonical-json.ts';
import type { ApiClient } from '../api/api-client.ts';

/** Requests that are asked again and again, to see whether the same answers come back. */
const REQUESTS = Array.from({ length: 20 }, (_, i) => ({
  entities: { customer_id: `C${String(i * 101 + 1).padStart(5, '0')}` },
  context: { basket: 5 + 7 * i, minutes: 1 + i / 2, device: ['desktop', 'phone', 'app'][i % 3] },
}));

export interface ReferenceAnswers {
  /** Of everybody who answered, each once. */
  readonly releaseIds: readonly string[];
  /** Every answer as one text, without what is made anew for each request: the id of the prediction. */
  readonly bytes: string;
  readonly requests: number;
  readonly failed: number;
}

export async function referenceAnswers(api: ApiClient, model: string): Promise<ReferenceAnswers> {
  const answers = await Promise.all(REQUESTS.map((body) => api.postOnce(`/v1/models/${model}/predictions`, body)));
  const bodies = answers.map(({ status, body }) => {
    const { predictionId: _, ...rest } = (body ?? {}) as { predictionId?: string; releaseId?: string }; // PredictResponse, or an error
    return { status, ...rest };
  });
  return {
    releaseIds: [...new Set(bodies.flatMap(({ releaseId }) => (releaseId === undefined ? [] : [releaseId])))],
    bytes: bodies.map((body) => canonicalJson(body)).join('\n'),
    requests: REQUESTS.length,
    failed: bodies.filter(({ status }) => status !== 200).length,
  };
}
