import { setTimeout as sleep } from 'node:timers/promises';
import { type Answered, type LiveTraffic, liveTraffic } from '../../bench/trials/rollouts/live-traffic.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import type { RunningRegion } from '../../local/region.ts';
import { asked } from './api.ts';
import { type EntityAnswer, scorerOf } from './release-model.ts';

/** Clients of a model, from before its next release was made until all has been tried. */
export interface Clientele {
  /** Resolves once the release has answered so many of them. */
  answeredBy(releaseId: string, count: number): Promise<void>;
  /** What became of every request, in the order of the answers. */
  stop(): Promise<readonly Answered[]>;
}

export function clienteleOf(url: string, model: string, customers: number): Clientele {
  const traffic: LiveTraffic = liveTraffic(url, model, {
    customers,
    perSecond: 12,
    clients: 2,
    random: seededRandom(5),
  });
  return {
    answeredBy: async (releaseId, count) => {
      const theirs = () => traffic.answered.filter(({ answer }) => answer?.releaseId === releaseId);
      while (theirs().length < count) await sleep(50);
    },
    stop: () => traffic.stop(),
  };
}

/** Who answers some customers, and with what: features and predictions as they came, byte for byte. */
export async function answersOf(
  url: string,
  model: string,
): Promise<{ readonly releaseIds: readonly string[]; readonly answers: readonly string[] }> {
  const bodies: EntityAnswer[] = [];
  for (let customer_id = 1; customer_id <= 10; customer_id++) {
    bodies.push(await asked<EntityAnswer>(url, `/v1/models/${model}/predictions`, { entities: { customer_id } }));
  }
  return {
    releaseIds: [...new Set(bodies.map(({ releaseId }) => releaseId))],
    answers: bodies.map(({ features, prediction }) => JSON.stringify({ features, prediction })),
  };
}

/** Answers that are not those of their release's own model on the features they show. */
export async function foreignAnswers(
  region: RunningRegion,
  answered: readonly Answered[],
): Promise<readonly EntityAnswer[]> {
  const answers = answered.flatMap(({ answer }) => answer ?? []);
  const scorers = new Map<string, Awaited<ReturnType<typeof scorerOf>>>();
  for (const { releaseId } of answers) {
    if (!scorers.has(releaseId)) scorers.set(releaseId, await scorerOf(region, releaseId));
  }
  // each release of an answer got its scorer just above
  return answers.filter((one) => Math.abs(scorers.get(one.releaseId)!(one.features) - one.prediction.score) > 1e-6);
}
