import { MINUTE_MS } from '../../../core/clock.ts';
import { UnavailableError } from '../../../core/errors.ts';
import { goBackNow, hold } from '../people.ts';
import { MODEL } from '../scene.ts';
import type { Fault, Staged } from '../simulate.ts';
import { hostingOf, QUICK_POLICY } from '../simulated-release.ts';
import { byFunctions, during, hang, of, strikeOften, throttle } from '../strike.ts';

const ANY = ['promoted', 'rejected', 'rolled-back'] as const;

async function isBack({ world, championId }: Staged): Promise<readonly string[]> {
  const { route } = await world.registry.model(MODEL);
  return route.champion?.releaseId === championId ? [] : ['a person went back, and the release answers'];
}

/** Section C: several act on one model at once. */
export const CONCURRENCY: readonly Fault[] = [
  {
    number: 24,
    title: 'two rollouts of one model start at once',
    ends: ANY,
    startsItself: true,
    stage: async (staged) => {
      const { world, policy, championId, moment } = staged;
      const other = await world.addRelease({ model: MODEL, name: 'other', policy, champion: championId });
      if (moment !== 'after') staged.start();
      staged.start('other', other);
      if (moment === 'after') staged.start();
    },
    check: async ({ world, rolloutId }) => {
      const ends = await Promise.all([rolloutId, 'other'].map((id) => world.registry.rollout(id)));
      const promoted = ends.filter(({ outcome }) => outcome === 'promoted').length;
      return promoted === 1 ? [] : [`${promoted} of two rollouts of the same champion were promoted`];
    },
  },
  {
    number: 25,
    title: 'a newer release comes in the middle',
    ends: ANY,
    scene: (random) => ({ policy: { ...QUICK_POLICY, onNewer: random() < 0.5 ? 'supersede' : 'queue' } }),
    at: {
      calls: byFunctions,
      act: async (world) => {
        const { route } = await world.registry.model(MODEL);
        const [{ releaseId } = { releaseId: '' }] = await world.registry.releases(MODEL);
        const { model } = await world.releases.manifest(releaseId);
        const newer = await world.addRelease({
          model: MODEL,
          name: 'newer',
          policy: model.rollout,
          champion: route.champion?.releaseId ?? null,
          createdAt: '2026-03-01T11:30:00.000Z',
        });
        await world.now('event', ({ workflow }) =>
          workflow.start('rollout', 'newer', {
            rolloutId: 'newer',
            model: MODEL,
            releaseId: newer,
            cause: 'a training',
            actor: 'arn:x',
          }),
        );
      },
    },
    check: async ({ world, rolloutId, policy }) => {
      const [first, newer] = await Promise.all(
        [rolloutId, 'newer'].map((id) => world.registry.rollout(id).catch(() => null)),
      );
      if (policy.onNewer === 'queue' && first?.stop?.kind === 'newer-release')
        return ['a policy to queue was superseded'];
      return newer === null || newer?.outcome !== null ? [] : ['the newer release was never decided on'];
    },
  },
  {
    number: 26,
    title: 'a person goes back in the instant of a promotion',
    ends: ['rejected', 'rolled-back', 'promoted'],
    at: {
      calls: during(['canary', 'watching'], of('registry', 'changeRollout')),
      act: async (world) => void (await goBackNow(world)),
    },
    check: async (staged) => {
      const { stop } = await staged.world.registry.rollout(staged.rolloutId);
      return stop?.kind === 'person' ? isBack(staged) : [];
    },
  },
  {
    number: 27,
    title: 'a person goes back while automation acts',
    ends: ANY,
    at: {
      calls: byFunctions,
      act: async (world) => {
        const answer = await goBackNow(world);
        const isRefused = answer instanceof Error && !answer.message.includes('model "churn"');
        if (isRefused) world.invariants.say('I5', `a person could not go back: ${answer.message}`);
      },
    },
    check: async (staged) => {
      const { stop } = await staged.world.registry.rollout(staged.rolloutId);
      return stop?.kind === 'person' ? isBack(staged) : [];
    },
  },
  {
    number: 28,
    title: 'an old process wakes after its lease was lost',
    ends: ['promoted'],
    at: {
      calls: byFunctions,
      act: async (world, call) => {
        world.flows.abortAll();
        await hang(world, call);
      },
    },
  },
  {
    number: 92,
    title: 'a second execution of the same rollout',
    ends: ['promoted'],
    at: {
      calls: byFunctions,
      act: async (world) => {
        const [rollout] = (await world.registry.rollouts(MODEL)).filter(({ outcome }) => outcome === null);
        if (rollout === undefined) return;
        const { rolloutId, releaseId } = rollout;
        const ask = { rolloutId, model: MODEL, releaseId, cause: 'a training', actor: 'arn:aws:iam::1:role/train' };
        // the lease is taken over at once, in the middle of what the first is doing
        await world.now('event', () => world.invoke('rollout/begin', ask));
        await world.now('event', ({ workflow }) => workflow.start('rollout', `${rolloutId}-again`, ask));
      },
    },
  },
  {
    number: 29,
    title: 'somebody edits the endpoint in the console',
    ends: ANY,
    at: {
      calls: during(['deploying', 'shadow', 'canary', 'watching']),
      act: async (world) => {
        world.isEdited = true;
        const stranger = 'e'.repeat(64);
        const isWhole = world.random('edit')() < 0.5;
        await world.endpoint.edit(hostingOf(MODEL).endpointName, ({ variants }) =>
          isWhole ? variants.map((variant) => ({ ...variant, releaseId: stranger })) : variants.slice(0, 1),
        );
      },
    },
  },
  {
    number: 30,
    title: 'the platform is deployed in the middle',
    ends: ['promoted'],
    at: {
      calls: byFunctions,
      act: async (world, { process }) => {
        // new code: the functions that run are finished off, and the stack registers the model again
        process.kill();
        await world.now('deployment', ({ registry }) =>
          registry.registerModel(
            { ...hostingOf(MODEL), modelPackageGroup: 'renamed' },
            world.event('model.registered'),
          ),
        );
      },
    },
  },
  {
    number: 31,
    title: 'eight models are promoted together, and the account is throttled',
    ends: ['promoted'],
    stage: async (staged) => {
      const { world, policy, moment } = staged;
      for (let i = 0; i < 7; i++) {
        const model = `model-${i}`;
        await world.addModel(model);
        const releaseId = await world.addRelease({ model, name: 'first', policy, champion: null });
        void world.flows.start('rollout', `of-${i}`, {
          rolloutId: `of-${i}`,
          model,
          releaseId,
          cause: 'a training',
          actor: 'arn:x',
        });
      }
      world.disturbance = strikeOften(
        world,
        of('hosting'),
        { ratio: 0.1, fromMs: 0, toMs: 20 * MINUTE_MS, at: moment === 'between' ? 'before' : moment },
        throttle,
      );
    },
    check: async ({ world }) => {
      const routes = await Promise.all(world.models.map(async (model) => (await world.registry.model(model)).route));
      return routes.flatMap(({ model, champion }) => (champion === null ? [`${model} was not promoted`] : []));
    },
  },
  {
    number: 32,
    title: 'many write one model at once',
    ends: ['promoted'],
    stage: ({ world, moment, random }) => {
      const changed = () => {
        throw new UnavailableError('the transaction of the registry was cancelled: TransactionConflict');
      };
      world.disturbance = strikeOften(
        world,
        of('registry', 'changeRollout', 'beginRollout', 'renewLease'),
        { ratio: 0.3, fromMs: 0, toMs: 30 * MINUTE_MS, at: moment },
        changed,
      );
      for (let i = 0; i < 6; i++) {
        const atMs = 15 * MINUTE_MS * random();
        world.later(atMs, 'person', () => hold(world, true, `reason ${i}`));
        world.later(atMs + MINUTE_MS, 'person', () => hold(world, false));
      }
      world.later(17 * MINUTE_MS, 'person', () => hold(world, false));
    },
  },
];
