import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../core/clock.ts';
import type { Answer } from './api.ts';
import type { EntityAnswer } from './release-model.ts';
import { until, type WatchedModel } from './watched-model.ts';

interface MachineClients {
  readonly answered: readonly Answer<EntityAnswer>[];
  /** Resolves once so many of their answers are the release's. */
  answeredBy(releaseId: string, count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Clients that ask about machines drawn at random from 1 to `machines`, about `perSecond` times a second in all. */
export function machineClients(
  model: WatchedModel,
  machines: number,
  random: Random,
  { clients = 3, perSecond = 30 } = {},
): MachineClients {
  const answered: Answer<EntityAnswer>[] = [];
  let isStopped = false;
  const client = async () => {
    while (!isStopped) {
      const dueAtMs = performance.now() + (1000 * clients) / perSecond;
      const answer = await model.predict(1 + Math.floor(machines * random())).catch(() => null);
      if (answer === null) return; // the region is gone
      answered.push(answer);
      await sleep(Math.max(0, dueAtMs - performance.now()));
    }
  };
  const running = Array.from({ length: clients }, client);
  return {
    answered,
    answeredBy: async (releaseId, count) => {
      const own = async () => answered.filter(({ body }) => body.releaseId === releaseId).length;
      await until(`answers of release ${releaseId}`, own, (found) => found >= count);
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(running);
    },
  };
}
