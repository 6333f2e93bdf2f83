import type { Sha256 } from '../canonical-json.ts';
import type { Route } from '../release/route.ts';
import type { Rollout } from './rollout.ts';

/** What a person's wish to go back comes to. */
export type RollbackPlan =
  /** The release before is in service: stopping the rollout makes it answer at once. */
  | { readonly kind: 'stop'; readonly rollout: Rollout }
  /** The running rollout goes back already. */
  | { readonly kind: 'under-way'; readonly rollout: Rollout }
  /** The release has to come into service again; `stopping` is what it must not wait for. */
  | { readonly kind: 'bring-back'; readonly releaseId: Sha256; readonly stopping: Rollout | null }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * @param rollouts of the model, newest first
 * @param to the release wanted; undefined for the one before the present champion
 */
export function planRollback(route: Route, rollouts: readonly Rollout[], to: Sha256 | undefined): RollbackPlan {
  const champion = route.champion?.releaseId ?? null;
  const running = rollouts.find(({ outcome }) => outcome === null);
  if (running === undefined) return afterwards(champion, rollouts, to);
  const { rolloutId, kind, phase, releaseId, previousReleaseId } = running;
  if (phase === 'restoring') {
    if (to === undefined || to === champion) return { kind: 'under-way', rollout: running };
    return { kind: 'bring-back', releaseId: to, stopping: null };
  }
  if (to === releaseId) return refused(`rollout ${rolloutId} is bringing release ${releaseId} into service already`);
  if (to === undefined && kind === 'rollback') {
    return refused(`rollout ${rolloutId} is going back to release ${releaseId} already; name another one with "to"`);
  }
  if (phase === 'settling' || phase === 'done') {
    if (to === undefined && previousReleaseId === null) return refused(NOTHING_BEFORE);
    return { kind: 'bring-back', releaseId: to ?? previousReleaseId!, stopping: null }; // refused above when both are absent
  }
  if (to === undefined || to === previousReleaseId) return { kind: 'stop', rollout: running };
  return { kind: 'bring-back', releaseId: to, stopping: running };
}

const NOTHING_BEFORE = 'no release was champion before the one that answers now; name one with "to"';

/**
 * No rollout runs. Without a name only a promotion can be taken back, and only once: asked twice, it must not go two
 * releases back.
 */
function afterwards(champion: Sha256 | null, rollouts: readonly Rollout[], to: Sha256 | undefined): RollbackPlan {
  if (champion === null) return refused('no release answers yet, so nothing can be taken back');
  if (to === champion) return refused(`release ${to} is the champion already`);
  if (to !== undefined) return { kind: 'bring-back', releaseId: to, stopping: null };
  const newest = rollouts.find(({ outcome, stop }) => outcome !== 'rejected' || stop?.kind === 'person');
  if (newest === undefined || newest.outcome !== 'promoted' || newest.kind === 'rollback') {
    const why = newest === undefined ? 'nothing was promoted yet' : `rollout ${newest.rolloutId} went back already`;
    return refused(`${why}; to go back further name a release with "to"`);
  }
  if (newest.previousReleaseId === null) return refused(NOTHING_BEFORE);
  return { kind: 'bring-back', releaseId: newest.previousReleaseId, stopping: null };
}

function refused(because: string): RollbackPlan {
  return { kind: 'refused', because };
}
