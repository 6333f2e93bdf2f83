import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { parseS3Uri } from '../../../core/release/s3-uri.ts';
import { decide, hold } from '../people.ts';
import { BAD } from '../scene.ts';
import type { Fault, Staged } from '../simulate.ts';
import { IMPATIENT_POLICY, QUICK_POLICY } from '../simulated-release.ts';
import { byFunctions, during, kill } from '../strike.ts';

const BACK = ['rejected', 'rolled-back'] as const;
const WITH_OUTCOMES = {
  ...IMPATIENT_POLICY,
  judge: { ...QUICK_POLICY.judge, outcome: { better: 'higher', margin: 0.25, isRequired: true } },
} as const;

async function destroy({ world }: Staged, releaseId: string | null): Promise<void> {
  if (releaseId === null) return;
  const { artifact } = await world.releases.manifest(releaseId);
  await world.objects.put(parseS3Uri(artifact.uri), new TextEncoder().encode('another model'), 'application/gzip');
}

/** Sections F and H, as far as rollouts meet them. */
export const TIME_AND_DATA_FAULTS: readonly Fault[] = [
  {
    number: 60,
    title: 'clocks ten minutes apart',
    ends: ['promoted', 'rejected', 'rolled-back'],
    at: { calls: byFunctions, act: kill },
    stage: ({ world, moment }) => {
      const random = world.random('skew');
      const reach = { before: 10, after: 20, between: 5 }[moment] * MINUTE_MS;
      world.skewMs = () => Math.round((random() - 0.5) * reach);
    },
  },
  {
    number: 61,
    title: 'clocks step back',
    ends: ['promoted', 'rejected', 'rolled-back'],
    stage: ({ world, moment, random }) => {
      const stepAtMs = world.time.nowMs + 15 * MINUTE_MS * random();
      const by = { before: MINUTE_MS, after: 10 * MINUTE_MS, between: HOUR_MS }[moment];
      world.skewMs = () => (world.time.nowMs >= stepAtMs ? -by : 0);
    },
  },
  {
    number: 64,
    title: 'outcomes come late',
    ends: ['promoted', 'rejected', 'rolled-back'],
    scene: () => ({
      policy: { ...WITH_OUTCOMES, canary: { steps: [0.5], minUnits: 20, bakeMs: MINUTE_MS, withinMs: 40 * MINUTE_MS } },
    }),
    stage: ({ world, moment }) => {
      const delayMs = { before: 3 * MINUTE_MS, after: 15 * MINUTE_MS, between: DAY_MS }[moment];
      world.outcomeDelayMs = () => delayMs;
    },
    check: async ({ world, rolloutId, moment }) => {
      const { outcome } = await world.registry.rollout(rolloutId);
      return moment === 'between' && outcome === 'promoted' ? ['it was promoted on outcomes that nobody had'] : [];
    },
  },
  {
    number: 65,
    title: 'outcomes come for one arm alone',
    ends: BACK,
    scene: () => ({ policy: WITH_OUTCOMES }),
    stage: ({ world, championId, candidateId, moment }) => {
      const who = moment === 'before' ? championId : candidateId;
      world.outcomeDelayMs = (releaseId) => (releaseId === who ? MINUTE_MS : null);
    },
  },
  {
    number: 66,
    title: 'lines of the log come late, twice, or never',
    ends: ['promoted', 'rejected', 'rolled-back'],
    stage: ({ world, moment }) => {
      const random = world.random('delivery');
      world.traffic.delivery = {
        duplicatedRatio: moment === 'after' ? 0.3 : 0.02,
        lostRatio: () => (moment === 'between' ? 0.1 : 0),
        delayMs: () => (moment === 'before' ? random() * 10 * MINUTE_MS : MINUTE_MS),
      };
    },
  },
  {
    number: 82,
    title: 'the artifact is replaced between evaluation and deployment',
    ends: ['rejected'],
    startsItself: true,
    stage: async (staged) => {
      if (staged.moment === 'before') await destroy(staged, staged.candidateId);
      staged.start();
      if (staged.moment === 'before') return;
      // while it waits for a person, after its gates
      const { world } = staged;
      world.later(0, 'person', () => hold(world, true));
      world.later(MINUTE_MS, 'intruder', () => destroy(staged, staged.candidateId));
      world.later(2 * MINUTE_MS, 'person', () => hold(world, false));
    },
  },
  {
    number: 84,
    title: 'there is no way back',
    ends: ['rejected'],
    stage: (staged) => destroy(staged, staged.championId),
    check: async ({ world, rolloutId }) => {
      const { stop, timeline } = await world.registry.rollout(rolloutId);
      const isBefore = !timeline.some(({ phase }) => phase === 'deploying') && stop?.kind === 'policy';
      return isBefore ? [] : ['traffic was prepared without a way back'];
    },
  },
  {
    number: 90,
    title: 'a person has the word: approvals that come, expire, name something else, or come twice',
    ends: ['promoted', 'rejected'],
    scene: () => ({ policy: { ...QUICK_POLICY, approval: { withinMs: HOUR_MS } } }),
    at: { calls: during(['approval']), act: kill },
    stage: ({ world, rolloutId, moment, random }) => {
      const afterMs = (moment === 'between' ? 62 : 10 + 40 * random()) * MINUTE_MS;
      world.later(afterMs / 2, 'stranger', () => decide(world, rolloutId, 'approve', 'b'.repeat(64)));
      world.later(afterMs, 'person', () => decide(world, rolloutId, 'approve'));
      world.later(afterMs + 1, 'person', () => decide(world, rolloutId, random() < 0.5 ? 'approve' : 'reject'));
    },
  },
  {
    number: 91,
    title: 'a person holds the model, and lets it go',
    ends: ['promoted', 'rolled-back', 'rejected'],
    scene: (random) => ({ policy: IMPATIENT_POLICY, ...(random() < 0.3 && { candidate: () => BAD.errors }) }),
    at: { calls: byFunctions, act: async (world) => void (await hold(world, true)) },
    stage: ({ world }) => world.later(25 * MINUTE_MS, 'person', () => hold(world, false)),
  },
];
