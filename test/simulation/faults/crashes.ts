import { DAY_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { PortCall } from '../process.ts';
import { BAD, MODEL, turning } from '../scene.ts';
import type { Fault } from '../simulate.ts';
import { QUICK_POLICY } from '../simulated-release.ts';
import { byFunctions, during, hang, kill, killAll, noAnswer, of, strikeOften } from '../strike.ts';

const CANARY = { steps: [0.5], minUnits: 20, withinMs: 15 * MINUTE_MS } as const;

const writes = (call: PortCall) =>
  byFunctions(call) &&
  ['changeRollout', 'beginRollout', 'pointEndpoint', 'put', 'publish', 'renewLease'].includes(call.method);

/** Section B: a process dies at a side effect. Nothing is wrong with the release, so it is promoted all the same. */
export const CRASHES: readonly Fault[] = [
  {
    number: 10,
    title: 'crash while the lease is taken',
    ends: ['promoted', 'refused'], // nothing was written when it died before its first write

    at: { calls: of('registry', 'beginRollout', 'renewLease'), act: killAll },
  },
  {
    number: 13,
    title: 'crash between what is registered and what is recorded',
    ends: ['promoted'],
    at: { calls: writes, act: kill },
  },
  {
    number: 14,
    title: 'crash while the endpoint is told',
    ends: ['promoted'],
    at: { calls: of('hosting', 'pointEndpoint'), act: killAll },
  },
  {
    number: 15,
    title: 'crash while the endpoint changes',
    ends: ['promoted'],
    at: { calls: of('hosting', 'status'), act: killAll },
  },
  {
    number: 16,
    title: 'crash at the write that moves traffic',
    ends: ['promoted'],
    at: { calls: of('registry', 'changeRollout'), act: killAll },
  },
  {
    number: 93,
    title: 'crash, and the execution that resumes dies as well',
    ends: ['promoted'],
    at: {
      calls: during(['deploying', 'shadow', 'canary', 'watching', 'settling']),
      act: async (world, call) => {
        killAll(world, call);
        const crashed = world.flows.executions.length;
        world.disturbance = strikeOften(
          world,
          (next) => next.method === 'beginRollout' && world.flows.executions.length === crashed + 1,
          { ratio: 1, fromMs: 0, toMs: DAY_MS, at: 'before' },
          killAll,
        );
      },
    },
  },
  {
    number: 17,
    title: 'crash while it goes back',
    ends: ['rejected', 'rolled-back'],
    scene: (random) => ({
      candidate: turning(3 * MINUTE_MS * random(), BAD.errors),
      policy: { ...QUICK_POLICY, canary: { ...CANARY, bakeMs: 4 * MINUTE_MS } },
    }),
    at: { calls: during(['restoring']), act: killAll },
  },
  {
    number: 18,
    title: 'crash between promotion and cleaning up',
    ends: ['promoted'],
    at: { calls: during(['watching', 'settling']), act: killAll },
  },
  {
    number: 19,
    title: 'crash after the promotion, before anybody is told',
    ends: ['promoted'],
    at: { calls: during(['watching', 'settling'], of('events')), act: killAll },
  },
  {
    number: 20,
    title: 'crash while the evidence is judged',
    ends: ['promoted'],
    at: { calls: during(['shadow', 'canary', 'watching'], of('objects')), act: kill },
    check: async ({ world, rolloutId }) => {
      const { timeline, startedAt } = await world.registry.rollout(rolloutId);
      return timeline[0]?.at === startedAt ? [] : ['a crash began the counting anew'];
    },
  },
  {
    number: 21,
    title: 'the control plane is down for a day in the middle of a canary',
    ends: ['rolled-back', 'rejected', 'promoted'],
    stage: ({ world, moment, random }) => {
      const fromMs = (1 + 12 * random()) * MINUTE_MS;
      world.disturbance = strikeOften(
        world,
        byFunctions,
        { ratio: 1, fromMs, toMs: fromMs + DAY_MS, at: moment === 'between' ? 'before' : moment },
        noAnswer,
      );
      // whatever the services answer, and whatever becomes of the execution
      if (moment === 'between') world.later(fromMs + MINUTE_MS, 'outage', async () => world.flows.abortAll());
    },
    withinMs: 5 * DAY_MS,
  },
  {
    number: 22,
    title: 'a function that answers nobody any more, and goes on',
    ends: ['promoted'],
    at: { calls: writes, act: hang },
  },
  {
    number: 23,
    title: 'crash between a report and the word of it',
    ends: ['promoted'],
    at: { calls: of('objects', 'put'), act: kill },
    check: async ({ world }) =>
      world.objects.keys('artifacts').some((key) => key.includes('/look-')) ? [] : [`no look of ${MODEL} was kept`],
  },
];
