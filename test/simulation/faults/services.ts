import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { BAD } from '../scene.ts';
import type { Fault } from '../simulate.ts';
import { byFunctions, noAnswer, of, strikeOften, throttle } from '../strike.ts';

/** Section D, as far as rollouts meet it: services that refuse, answer late, or change nothing of what they were told. */
export const SERVICE_FAULTS: readonly Fault[] = [
  {
    number: 38,
    title: 'SageMaker throttles its control API',
    ends: ['promoted'],
    stage: ({ world, moment }) => {
      const at = moment === 'between' ? 'before' : moment;
      const act = moment === 'between' ? noAnswer : throttle;
      world.disturbance = strikeOften(world, of('hosting'), { ratio: 0.15, fromMs: 0, toMs: HOUR_MS, at }, act);
    },
  },
  {
    number: 42,
    title: 'a transaction is cancelled for one of its items',
    ends: ['promoted'],
    at: { calls: of('registry', 'changeRollout', 'beginRollout', 'renewLease'), act: noAnswer },
  },
  {
    number: 43,
    title: 'nothing answers for a while, and everybody tries again',
    ends: ['promoted', 'rejected', 'rolled-back'],
    stage: ({ world, moment, random }) => {
      const fromMs = 10 * MINUTE_MS * random();
      world.disturbance = strikeOften(
        world,
        byFunctions,
        { ratio: 0.4, fromMs, toMs: fromMs + 5 * MINUTE_MS, at: moment },
        noAnswer,
      );
    },
    check: async ({ world }) =>
      world.calls > 6_000 ? [`${world.calls} calls of services: the retries feed themselves`] : [],
  },
  {
    number: 44,
    title: 'the endpoint fails on one variant alone',
    ends: ['rejected', 'rolled-back'],
    scene: () => ({ candidate: () => BAD.errors }),
    check: async ({ world }) =>
      world.traffic.failed > 0.05 * world.traffic.answered ? ['callers met the failures of the candidate'] : [],
  },
  {
    number: 45,
    title: 'no capacity for the candidate',
    ends: ['rejected'],
    stage: ({ world, moment }) => {
      world.endpoint.ends.push(
        ...({ before: ['no-capacity'], after: ['no-capacity', 'no-capacity'], between: ['stuck'] } as const)[moment],
      );
      if (moment === 'between') world.later(HOUR_MS, 'SageMaker', async () => world.endpoint.giveUp());
    },
    check: async ({ world, rolloutId }) => {
      const { stop } = await world.registry.rollout(rolloutId);
      return stop?.kind === 'failure'
        ? []
        : [`it was stopped for ${stop?.kind}, so that the same release could not be tried again`];
    },
  },
];
