import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { BAD, MODEL, turning } from '../scene.ts';
import type { Fault, Staged } from '../simulate.ts';
import { IMPATIENT_POLICY, QUICK_POLICY } from '../simulated-release.ts';
import { GOOD, PROMPT } from '../traffic.ts';

const BACK = ['rejected', 'rolled-back'] as const;
const { judge } = QUICK_POLICY;

const stopOf = async ({ world, rolloutId }: Staged) => (await world.registry.rollout(rolloutId)).stop;

/** Section G: what is seen is little, late, one-sided or wrong. Nothing seen is never a pass. */
export const JUDGEMENT_FAULTS: readonly Fault[] = [
  {
    number: 69,
    title: 'no traffic reaches the candidate',
    ends: BACK,
    scene: () => ({ policy: IMPATIENT_POLICY }),
    stage: ({ world, candidateId }) => {
      // what it is asked never comes to the log
      const lostRatio = (line: { releaseId: string; failedReleaseId: string | null; shadow: unknown }) =>
        line.releaseId === candidateId || line.failedReleaseId === candidateId || line.shadow !== null ? 1 : 0;
      world.traffic.delivery = { ...PROMPT, lostRatio };
    },
    check: async (staged) => ((await stopOf(staged))?.kind === 'policy' ? [] : ['it did not end at its deadline']),
  },
  {
    number: 70,
    title: 'three samples only',
    ends: BACK,
    scene: () => ({ policy: IMPATIENT_POLICY }),
    stage: ({ world }) => {
      world.callers.burst = 1;
      world.callers.burstEveryMs = 20 * MINUTE_MS;
    },
  },
  {
    number: 71,
    title: 'the evidence cannot be counted',
    ends: BACK,
    scene: () => ({ policy: IMPATIENT_POLICY }),
    stage: ({ world, random }) => {
      world.later(5 * MINUTE_MS * random(), 'Athena', async () => {
        world.isQueryDown = true;
      });
    },
    check: async (staged) =>
      (await stopOf(staged))?.kind === 'failure' ? [] : ['it did not end at its deadline for want of evidence'],
  },
  {
    number: 72,
    title: 'a required metric is missing',
    ends: BACK,
    scene: () => ({
      policy: {
        ...IMPATIENT_POLICY,
        judge: { ...judge, outcome: { better: 'higher', margin: 0.2, isRequired: true } },
      },
    }),
  },
  {
    number: 73,
    title: 'somebody looks every second',
    ends: ['promoted', 'rolled-back', 'rejected'],
    scene: () => ({ policy: { ...QUICK_POLICY, judge: { ...judge, everyMs: 20 * SECOND_MS } } }),
  },
  {
    number: 74,
    title: 'the arms are not split as they were to be',
    ends: BACK,
    scene: () => ({ policy: IMPATIENT_POLICY }),
    stage: ({ world, championId }) => {
      world.traffic.delivery = {
        ...PROMPT,
        lostRatio: ({ releaseId, share }) => (share !== null && releaseId === championId ? 0.97 : 0),
      };
    },
    withinMs: 3 * HOUR_MS,
  },
  {
    number: 75,
    title: 'the champion itself gets worse, and the candidate with it',
    ends: ['promoted', 'rejected', 'rolled-back'],
    scene: (random) => {
      const both = turning(4 * MINUTE_MS, { ...GOOD, errorRatio: random() < 0.5 ? 0.2 : 0.9 });
      return { champion: both, candidate: both };
    },
  },
  {
    number: 76,
    title: 'the champion is broken, and the candidate is good',
    ends: ['promoted'],
    scene: () => ({ champion: () => ({ ...GOOD, errorRatio: 0.5 }), policy: { ...QUICK_POLICY, shadow: null } }),
  },
  {
    number: 77,
    title: 'it gets worse after the promotion',
    ends: ['rolled-back'],
    scene: () => ({ policy: { ...QUICK_POLICY, watch: { forMs: 10 * MINUTE_MS, holdback: 0.3 } } }),
    stage: ({ world, candidateId, random }) => {
      let promotedAtMs: number | null = null;
      world.behaviours.set(candidateId, (nowMs) => {
        if (promotedAtMs === null && world.invariants.phase(MODEL) === 'watching') promotedAtMs = nowMs;
        return promotedAtMs !== null && nowMs > promotedAtMs + worseAfterMs ? BAD.errors : GOOD;
      });
      const worseAfterMs = 3 * MINUTE_MS * random();
    },
  },
  {
    number: 94,
    title: 'the new champion breaks down while it is watched',
    ends: ['rolled-back'],
    scene: (random) => ({
      champion: () => ({ ...GOOD, errorRatio: 0 }),
      policy: { ...QUICK_POLICY, watch: { forMs: 10 * MINUTE_MS, holdback: random() < 0.5 ? 0 : 0.3 } },
    }),
    stage: ({ world, candidateId, random }) => {
      const breaksAfterMs = 3 * MINUTE_MS * random();
      let promotedAtMs: number | null = null;
      world.behaviours.set(candidateId, (nowMs) => {
        if (promotedAtMs === null && world.invariants.phase(MODEL) === 'watching') promotedAtMs = nowMs;
        const isBroken = promotedAtMs !== null && nowMs > promotedAtMs + breaksAfterMs;
        return { ...GOOD, errorRatio: isBroken ? 1 : 0 };
      });
    },
    check: async (staged) => {
      const { failed } = staged.world.traffic;
      return [
        ...(failed === 0 ? [] : [`${failed} requests failed although the champion before was well`]),
        ...((await stopOf(staged))?.kind === 'evidence' ? [] : ['it did not go back for what was measured']),
      ];
    },
  },
  {
    number: 78,
    title: 'it flaps about its limit',
    ends: ['promoted', 'rejected', 'rolled-back'],
    scene: () => ({
      policy: IMPATIENT_POLICY,
      candidate: (nowMs) => ({ ...GOOD, errorRatio: Math.floor(nowMs / MINUTE_MS) % 2 === 0 ? 0.3 : 0 }),
    }),
    check: async ({ world, rolloutId }) => {
      const { timeline } = await world.registry.rollout(rolloutId);
      return timeline.length > 10 ? [`${timeline.length} decisions about one release`] : [];
    },
  },
  {
    number: 79,
    title: 'a candidate that was refused comes again unchanged',
    ends: BACK,
    scene: () => ({ candidate: () => BAD.errors }),
    stage: (staged) => {
      const { world, candidateId, request, random } = staged;
      const isForced = random() < 0.5;
      world.later(HOUR_MS, 'event', ({ workflow }) =>
        workflow.start('rollout', 'again', request('again', candidateId, { force: isForced })),
      );
    },
    check: async ({ world }) => {
      const again = await world.registry.rollout('again');
      const reached = new Set(again.timeline.map(({ phase }) => phase));
      if (again.isForced) return reached.has('deploying') ? [] : ['a forced try was refused'];
      return reached.has('deploying') ? [`the unchanged candidate of ${MODEL} was tried again`] : [];
    },
  },
];
