import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutListResponse, RolloutResponse } from '../../contracts/api/rollouts.ts';
import type { RegisteredRelease } from '../../contracts/training-flow.ts';
import { ask, asked, started, watch } from './api.ts';

/** Trains a model to the end of the flow, which has by then started the rollout of a release that passed. */
export async function trainRelease(url: string, model: string): Promise<RegisteredRelease> {
  const { output, error } = await watch(url, await started(url, `/v1/models/${model}/trainings`));
  if (error !== null) throw new Error(`${model} was not trained: ${error.message}`);
  return output as RegisteredRelease; // what the flow ends with
}

/**
 * Looks at a rollout until `isReached` says so, by default until it has ended.
 *
 * @throws Error when it ends without
 */
export async function watchRollout(
  url: string,
  rolloutId: string,
  isReached: (seen: RolloutResponse) => boolean = ({ outcome }) => outcome !== null,
): Promise<RolloutResponse> {
  for (;;) {
    const { status, body } = await ask<RolloutResponse>(url, `/v1/rollouts/${rolloutId}`);
    if (status === 200) {
      if (isReached(body)) return body;
      if (body.outcome !== null) throw new Error(`rollout ${rolloutId} was ${body.outcome} before: ${body.because}`);
    }
    await sleep(100);
  }
}

/** Newest first. */
export async function rolloutsOf(url: string, model: string): Promise<RolloutListResponse['rollouts']> {
  return (await asked<RolloutListResponse>(url, `/v1/models/${model}/rollouts?limit=200`)).rollouts;
}
