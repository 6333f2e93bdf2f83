import { HOUR_MS } from '../../core/clock.ts';
import type { RolloutPolicy } from '../../core/definitions/rollout-policy.ts';
import type { Verdict } from '../../core/gates/verdict.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import { newRollout } from '../new-rollout.ts';
import { hostingOf, QUICK_POLICY } from './simulated-release.ts';
import { type Behaviour, GOOD } from './traffic.ts';
import { type Mutation, World } from './world.ts';

export const MODEL = 'churn';
const ROLLOUT_IDS = 64;

export interface SceneProps {
  readonly seed: number;
  readonly policy?: RolloutPolicy;
  /** How the candidate answers at an instant. @default like the champion */
  readonly candidate?: (nowMs: number) => Behaviour;
  readonly champion?: (nowMs: number) => Behaviour;
  /** The model has no release yet. */
  readonly isFirst?: boolean;
  /** Of the candidate's gate. @default pass */
  readonly verdict?: Verdict['outcome'];
  readonly mutation?: Mutation;
}

/** A model with a champion in service, and a release that is going to follow it. */
export interface Scene {
  readonly world: World;
  readonly policy: RolloutPolicy;
  /** Null for a model's first release. */
  readonly championId: string | null;
  readonly candidateId: string;
  readonly rolloutId: string;
  /** Starts the rollout of a release as a training does; the same id again is the same execution. */
  start(rolloutId?: string, releaseId?: string, change?: object): void;
  request(rolloutId: string, releaseId: string, change?: object): object;
  /** Names another rollout as the one under test. */
  aim(rolloutId: string): void;
  /** The one under test; null when it never began. */
  rollout(rolloutId?: string): Promise<Rollout | null>;
}

export async function scene({
  seed,
  policy = QUICK_POLICY,
  candidate,
  champion,
  isFirst,
  verdict = 'pass',
  mutation,
}: SceneProps): Promise<Scene> {
  const world = new World(seed, mutation);
  await world.addModel(MODEL);
  const championId = isFirst ? null : await world.addRelease({ model: MODEL, name: 'before', policy, champion: null });
  if (championId !== null) await install(world, championId);
  const candidateId = await world.addRelease({
    model: MODEL,
    name: 'candidate',
    policy,
    champion: championId,
    verdict,
  });
  if (champion !== undefined && championId !== null) world.behaviours.set(championId, champion);
  world.behaviours.set(candidateId, candidate ?? (() => GOOD));
  // few ids, so that the draws of their units are remembered from one simulation to the next
  const rolloutId = `r${seed % ROLLOUT_IDS}`;
  let aimed = rolloutId;
  const request = (id: string, releaseId: string, change: object = {}) => ({
    rolloutId: id,
    model: MODEL,
    releaseId,
    cause: 'a training',
    actor: 'arn:aws:iam::1:role/train',
    ...change,
  });
  return {
    world,
    policy,
    championId,
    candidateId,
    rolloutId,
    request,
    start(id = rolloutId, releaseId = candidateId, change = {}) {
      void world.flows.start('rollout', id, request(id, releaseId, change));
    },
    aim(id) {
      aimed = id;
    },
    async rollout(id = aimed) {
      return world.registry.rollout(id).catch(() => null);
    },
  };
}

/** A champion that was promoted before the simulation begins. */
async function install(world: World, releaseId: string): Promise<void> {
  const { registry } = world;
  const startedAt = new Date(world.time.nowMs - HOUR_MS).toISOString();
  const before = newRollout('before', { model: MODEL, releaseId, candidate: 'c0', startedAt });
  const { rollout, fence } = await registry.beginRollout(before, world.event('rollout.begun'));
  const { route } = await registry.model(MODEL);
  const endpointName = hostingOf(MODEL).endpointName;
  await world.endpoint.install(endpointName, await world.contentOf(MODEL, [{ releaseId, variant: 'champion' }]));
  await registry.changeRollout(
    {
      seen: rollout,
      next: {
        ...rollout,
        phase: 'done',
        outcome: 'promoted',
        because: 'it was there before',
        approval: APPROVED,
        endedAt: world.event('').at,
      },
      route: { from: route, to: { ...route, champion: { releaseId, variant: 'champion' }, epoch: route.epoch + 1 } },
      fence,
    },
    world.event('rollout.promoted'),
  );
}

const APPROVED: Rollout['approval'] = {
  token: 'a'.repeat(64),
  requestedAt: '2026-03-01T10:00:00.000Z',
  expiresAt: '2026-03-01T11:00:00.000Z',
  decision: 'approve',
  actor: 'arn:aws:iam::1:user/b',
  comment: 'fine',
  decidedAt: '2026-03-01T10:30:00.000Z',
};

/** Bad in one way that its phase of the rollout has to notice. */
export const BAD = {
  errors: { ...GOOD, errorRatio: 0.6 },
  slow: { ...GOOD, medianMs: 150 },
  shifted: { ...GOOD, scoreShift: 0.75 },
} as const satisfies Readonly<Record<string, Behaviour>>;

/** Turns bad at an instant after the beginning. */
export function turning(afterMs: number, into: Behaviour, before: Behaviour = GOOD): (nowMs: number) => Behaviour {
  let beganMs: number | null = null;
  return (nowMs) => {
    beganMs ??= nowMs;
    return nowMs - beganMs >= afterMs ? into : before;
  };
}
