import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, ask } from './api.ts';
import type { EntityAnswer } from './release-model.ts';

export interface SteadyPredictions {
  /** Resolves once so many answers have come. */
  answered(count: number): Promise<void>;
  /** Ends the stream: the answers of each client, in the order it asked. A request that got no answer is not there. */
  stop(): Promise<readonly (readonly Answer<EntityAnswer>[])[]>;
}

/**
 * Clients that ask for one prediction after the other, about `perSecond` in all.
 *
 * @param customers ids from 1 to this number are asked for in turn
 */
export function steadyPredictions(
  url: string,
  model: string,
  customers: number,
  { clients = 4, perSecond = 50 } = {},
): SteadyPredictions {
  let isStopped = false;
  let next = 0;
  let count = 0;
  const client = async (): Promise<readonly Answer<EntityAnswer>[]> => {
    const answers: Answer<EntityAnswer>[] = [];
    while (!isStopped) {
      const dueAt = performance.now() + (1000 * clients) / perSecond;
      const entities = { customer_id: (next++ % customers) + 1 };
      const answer = await ask<EntityAnswer>(url, `/v1/models/${model}/predictions`, { entities }).catch(() => null);
      if (answer === null) break; // the region is gone
      answers.push(answer);
      count++;
      await sleep(Math.max(0, dueAt - performance.now()));
    }
    return answers;
  };
  const running = Array.from({ length: clients }, client);
  return {
    answered: async (wanted) => {
      while (count < wanted) await sleep(5);
    },
    stop: () => {
      isStopped = true;
      return Promise.all(running);
    },
  };
}
