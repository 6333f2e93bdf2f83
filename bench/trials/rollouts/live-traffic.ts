import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../core/clock.ts';
import { ask } from '../../../test/e2e/api.ts';
import type { EntityAnswer } from '../../../test/e2e/release-model.ts';

/** One request and what came of it. */
export interface Answered {
  /** Epoch milliseconds when it was sent. */
  readonly sentAtMs: number;
  readonly status: number;
  /** Null when it was not answered with a prediction. */
  readonly answer: EntityAnswer | null;
  readonly tookMs: number;
}

export interface LiveTraffic {
  readonly answered: readonly Answered[];
  stop(): Promise<readonly Answered[]>;
}

export interface TrafficOptions {
  /** Ids from 1 to this number are asked for. */
  readonly customers: number;
  readonly perSecond: number;
  readonly clients?: number;
  readonly random: Random;
  /** A request that gets no answer ends the client instead of being an error: the region was killed. */
  readonly endsWithRegion?: boolean;
}

/** Clients that ask for predictions of customers drawn at random, one after the other, about `perSecond` in all. */
export function liveTraffic(
  url: string,
  model: string,
  { customers, perSecond, clients = 8, random, endsWithRegion = false }: TrafficOptions,
): LiveTraffic {
  const answered: Answered[] = [];
  let isStopped = false;
  const client = async (): Promise<void> => {
    while (!isStopped) {
      const dueAt = performance.now() + (1000 * clients) / perSecond;
      const entities = { customer_id: 1 + Math.floor(random() * customers) };
      const sentAtMs = Date.now();
      const from = performance.now();
      const asking = ask<EntityAnswer>(url, `/v1/models/${model}/predictions`, { entities });
      const got = endsWithRegion ? await asking.catch(() => null) : await asking;
      if (got === null) return;
      const { status, body } = got;
      answered.push({ sentAtMs, status, answer: status === 200 ? body : null, tookMs: performance.now() - from });
      await sleep(Math.max(0, dueAt - performance.now()));
    }
  };
  const running = Array.from({ length: clients }, client);
  return {
    answered,
    stop: async () => {
      isStopped = true;
      await Promise.all(running);
      return answered;
    },
  };
}
