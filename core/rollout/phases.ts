import type { Challenger, Route, SharingArm } from '../release/route.ts';
import { armsOf } from './arms.ts';
import { ROLLOUT_PHASES, type Rollout, type RolloutPhase } from './rollout.ts';
import type { Truth } from './truth.ts';

/** A phase, and the step of it. */
export interface Place {
  readonly phase: RolloutPhase;
  readonly step: number;
}

const FORWARD: readonly RolloutPhase[] = ROLLOUT_PHASES.filter((phase) => phase !== 'restoring' && phase !== 'done');

/** Where a rollout goes when the phase or step it is in has gone well. Phases that do not apply are skipped. */
export function placeAfter(truth: Truth): Place {
  const { rollout, policy } = truth;
  if (rollout.phase === 'canary' && policy.canary !== null && rollout.step + 1 < policy.canary.steps.length) {
    return { phase: 'canary', step: rollout.step + 1 };
  }
  const at = FORWARD.indexOf(rollout.phase);
  const next = FORWARD.slice(at + 1).find((phase) => isPassed(phase, truth));
  return { phase: next ?? 'settling', step: 0 };
}

/** Whether the rollout passes the phase at all. The way back to a release that was champion passes none that judges. */
function isPassed(phase: RolloutPhase, { rollout, policy, hasLatencyGate }: Truth): boolean {
  const isJudged = rollout.kind === 'release';
  const isCompared = isJudged && rollout.previousReleaseId !== null;
  switch (phase) {
    case 'approval':
      return isJudged && policy.approval !== null;
    case 'latency':
      return isJudged && hasLatencyGate;
    case 'shadow':
      return isCompared && policy.shadow !== null;
    case 'canary':
      return isCompared && policy.canary !== null;
    case 'watching':
      return isCompared && policy.watch !== null;
    default:
      return true;
  }
}

/** The route as it is while the rollout is at the place; null when it is that already. The only one that gives traffic to a release. */
export function routeAt({ rollout, route, policy }: Truth, { phase, step }: Place): Route | null {
  const { candidate, before } = armsOf(rollout, route);
  const sharing = (arm: typeof candidate, share: number): SharingArm => ({
    ...arm,
    share,
    rolloutId: rollout.rolloutId,
  });
  const isPromoted = phase === 'watching' || phase === 'settling';
  const holdback = policy.watch?.holdback ?? 0;
  const canaryShare = policy.canary?.steps[step];
  let challenger: Challenger | null = null;
  if (phase === 'canary' && canaryShare !== undefined) challenger = sharing(candidate, canaryShare);
  if (phase === 'watching' && before !== null) challenger = { ...sharing(before, holdback), wasChampion: true };
  return moved(route, {
    champion: isPromoted ? candidate : before,
    challenger,
    shadow: phase === 'shadow' && policy.shadow !== null ? sharing(candidate, policy.shadow.share) : null,
  });
}

/** The route with these arms, one epoch on; null when they are what it names. */
export function moved(route: Route, arms: Pick<Route, 'champion' | 'challenger' | 'shadow'>): Route | null {
  const isSame =
    isSameArm(route.champion, arms.champion) &&
    isSameArm(route.challenger, arms.challenger) &&
    isSameArm(route.shadow, arms.shadow);
  return isSame ? null : { ...route, ...arms, epoch: route.epoch + 1 };
}

type AnyArm = Route['champion'] & Partial<Challenger>;

function isSameArm(a: AnyArm | null, b: AnyArm | null): boolean {
  if (a === null || b === null) return a === b;
  const isSamePart = a.share === b.share && a.rolloutId === b.rolloutId && a.wasChampion === b.wasChampion;
  return isSamePart && a.releaseId === b.releaseId && a.variant === b.variant;
}

/** Whether the release has answered anybody. */
export function hasAnswered({ timeline }: Pick<Rollout, 'timeline'>): boolean {
  return timeline.some(({ phase }) => phase === 'canary' || phase === 'watching' || phase === 'settling');
}

/** Whether the release has not become champion yet, nor gone back. */
export function isBeforePromotion(phase: RolloutPhase): boolean {
  return FORWARD.slice(0, FORWARD.indexOf('watching')).includes(phase);
}
