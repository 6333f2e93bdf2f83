import type { Arm, Route } from '../release/route.ts';
import type { Rollout } from './rollout.ts';

/** Where the release of a rollout runs, and the one before it. */
export interface RolloutArms {
  readonly candidate: Arm;
  /** Null for the first release of a model. */
  readonly before: Arm | null;
}

/** What the endpoint runs when nothing is under way: the champion where it answers, nothing before the first promotion. */
export function restingArms({ champion }: Route): readonly Arm[] {
  return champion === null ? [] : [champion];
}

/** The two variants a release can answer on take turns: whoever comes is brought up beside whoever is there. */
export function otherVariant({ variant }: Arm): Arm['variant'] {
  return variant === 'champion' ? 'challenger' : 'champion';
}

export function armsOf({ releaseId, previousReleaseId }: Rollout, { champion }: Route): RolloutArms {
  if (champion === null) return { candidate: { releaseId, variant: 'champion' }, before: null };
  if (champion.releaseId !== releaseId) {
    return { candidate: { releaseId, variant: otherVariant(champion) }, before: champion };
  }
  const before = previousReleaseId === null ? null : { releaseId: previousReleaseId, variant: otherVariant(champion) };
  return { candidate: champion, before };
}

/**
 * What the endpoint has to run for the phase the rollout is in; empty when it does not matter. Settling leaves the
 * release alone on the variant `champion`; where it answers on the other one, it is first brought up on both, so that
 * the route can move in one write (ADR 0001).
 */
export function wantedArms(rollout: Rollout, route: Route): readonly Arm[] {
  const { candidate, before } = armsOf(rollout, route);
  switch (rollout.phase) {
    case 'gates':
    case 'approval':
    case 'done':
      return [];
    case 'deploying':
    case 'latency':
    case 'shadow':
    case 'canary':
    case 'watching':
      return before === null ? [candidate] : [before, candidate]; // the same through all of them: a promotion touches the route alone
    case 'settling':
      return candidate.variant === 'champion'
        ? [candidate]
        : [candidate, { releaseId: rollout.releaseId, variant: 'champion' }];
    case 'restoring':
      return restingArms(route);
  }
}
