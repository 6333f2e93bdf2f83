import { MINUTE_MS } from '../../../core/clock.ts';
import { MODEL } from '../scene.ts';
import type { Fault, Staged } from '../simulate.ts';
import { byFunctions, killAll, of } from '../strike.ts';

/** One execution did the work, whatever was delivered how often. */
async function isOneRollout({ world, rolloutId }: Staged): Promise<readonly string[]> {
  const others = (await world.registry.rollouts(MODEL)).filter(
    (one) => one.rolloutId !== rolloutId && one.rolloutId !== 'before',
  );
  return others.map((one) => `a second rollout ${one.rolloutId} ended ${one.outcome}`);
}

async function spelled({ world }: Staged): Promise<string> {
  const [model, rollouts] = await Promise.all([world.registry.model(MODEL), world.registry.rollouts(MODEL)]);
  return JSON.stringify([model.route, rollouts, (await world.registry.audit(MODEL, 1, 10_000)).length]);
}

/** Section A of the catalogue: what starts a rollout comes twice, late, malformed, out of order, or not at all. */
export const EVENT_FAULTS: readonly Fault[] = [
  {
    number: 1,
    title: 'the same start twice',
    ends: ['promoted'],
    at: {
      calls: byFunctions,
      act: async (world) => {
        const [{ name } = { name: '' }] = world.flows.executions;
        await world.now('event', ({ workflow }) => workflow.start('rollout', name, {}));
      },
    },
    check: async (staged) => [
      ...(await isOneRollout(staged)),
      ...(staged.world.flows.executions.length > 1 ? ['a second execution was started'] : []),
    ],
  },
  {
    number: 2,
    title: 'the same start again after the end',
    ends: ['promoted'],
    check: async (staged) => {
      const before = await spelled(staged);
      const { world, rolloutId, candidateId, request } = staged;
      const ask = request(rolloutId, candidateId);
      staged.start();
      await world.now('event', () => world.invoke('rollout/begin', ask));
      await world.now('event', () =>
        world.invoke('rollout/advance', { rolloutId, model: MODEL, fence: 1, turn: 0, news: null }),
      );
      await world.now('event', () => world.invoke('rollout/point-endpoint', { rolloutId, model: MODEL, fence: 1 }));
      await world.now('event', () => world.invoke('rollout/resume', {}));
      return before === (await spelled(staged)) ? [] : ['I7: a start that came again changed something'];
    },
  },
  {
    number: 3,
    title: 'the same id for another release',
    ends: ['promoted'],
    at: {
      calls: byFunctions,
      act: async (world) => {
        const [rollout] = await world.registry.rollouts(MODEL);
        if (rollout === undefined || rollout.rolloutId === 'before') return;
        const [other] = (await world.registry.releases(MODEL)).filter(
          ({ releaseId }) => releaseId !== rollout.releaseId,
        );
        const ask = {
          rolloutId: rollout.rolloutId,
          model: MODEL,
          releaseId: other?.releaseId,
          cause: 'x',
          actor: 'arn:x',
        };
        const answer = await world.now('event', () => world.invoke('rollout/begin', ask));
        if (!(answer instanceof Error && answer.message.startsWith('ConflictError')))
          world.invariants.say('I7', `another release took the id: ${answer}`);
      },
    },
    check: isOneRollout,
  },
  {
    number: 4,
    title: 'events and the execution are lost',
    ends: ['promoted', 'refused'], // lost before it began: nothing was written, and whoever started it sees that it failed
    at: { calls: byFunctions, act: killAll },
    stage: ({ world }) => {
      const { publish } = world.events;
      Object.assign(world.events, {
        publish: async (events: Parameters<typeof publish>[0]) =>
          world.random('lost')() < 0.5 ? undefined : publish(events),
      });
    },
  },
  {
    number: 5,
    title: 'events out of order',
    ends: ['promoted'],
    at: {
      calls: byFunctions,
      act: async (world) => {
        const [rollout] = await world.registry.rollouts(MODEL);
        const rolloutId = rollout?.rolloutId ?? 'r0';
        const lead = { rolloutId, model: MODEL, fence: 0 };
        const look = {
          kind: 'replayed',
          replay: { verdict: { verdict: { outcome: 'pass' } }, reportUri: 's3://artifacts/none' },
        };
        // the end of what was never begun, and a word on what asks for none
        await world.now('event', () => world.invoke('rollout/advance', { ...lead, turn: 0, news: look }));
        await world.now('event', () => world.invoke('rollout/point-endpoint', lead));
      },
    },
    check: isOneRollout,
  },
  {
    number: 6,
    title: 'a start that is late: the champion has changed since the release was judged',
    ends: ['rejected'],
    startsItself: true,
    at: { calls: of('registry'), act: async () => {} },
    stage: async (staged) => {
      const { world, policy, start } = staged;
      start();
      const late = await world.addRelease({ model: MODEL, name: 'late', policy, champion: null });
      world.later(90 * MINUTE_MS, 'event', ({ workflow }) =>
        workflow.start('rollout', 'late', staged.request('late', late)),
      );
      staged.aim('late');
    },
  },
  {
    number: 7,
    title: 'a malformed start',
    ends: ['promoted'],
    at: {
      calls: byFunctions,
      act: async (world) => {
        for (const payload of [{}, null, { rolloutId: '../x', model: MODEL }, { schema: 9 }]) {
          const answer = await world.now('event', () => world.invoke('rollout/begin', payload));
          if (!(answer instanceof Error)) world.invariants.say('I6', 'a malformed start was taken');
        }
      },
    },
    check: isOneRollout,
  },
  {
    number: 8,
    title: 'a schedule and a person start the same release',
    ends: ['promoted', 'rejected'],
    at: {
      calls: byFunctions,
      act: async (world) => {
        const [rollout] = (await world.registry.rollouts(MODEL)).filter(({ outcome }) => outcome === null);
        const releaseId = rollout?.releaseId;
        if (releaseId === undefined) return;
        const ask = {
          rolloutId: 'by-hand',
          model: MODEL,
          releaseId,
          cause: 'a person',
          actor: 'arn:aws:iam::1:user/b',
        };
        await world.now('person', ({ workflow }) => workflow.start('rollout', 'by-hand', ask));
      },
    },
    check: async ({ world, candidateId }) => {
      const { route } = await world.registry.model(MODEL);
      return route.champion?.releaseId === candidateId ? [] : ['neither of the two promoted it'];
    },
  },
  {
    number: 9,
    title: 'a start for a model that is not there',
    ends: ['promoted'],
    at: {
      calls: byFunctions,
      act: async (world) => {
        const ask = { rolloutId: 'nobody', model: 'nobody', releaseId: 'a'.repeat(64), cause: 'x', actor: 'arn:x' };
        const answer = await world.now('event', () => world.invoke('rollout/begin', ask));
        if (!(answer instanceof Error)) world.invariants.say('I6', 'a rollout of nothing began');
      },
    },
    check: isOneRollout,
  },
];
