import type { Sha256 } from '../canonical-json.ts';
import type { Rollout } from './rollout.ts';

/** Phases in which the release of the rollout is champion. */
const SEATED = ['watching', 'settling'];

/**
 * Since when a release has been champion without a break; null when no rollout says so.
 *
 * @param rollouts of the model, newest first, among them the one that made it champion
 */
export function championSince(releaseId: Sha256, rollouts: readonly Rollout[]): Date | null {
  for (const rollout of rollouts) {
    const seated = rollout.timeline.find(({ phase }) => SEATED.includes(phase));
    if (seated === undefined) continue;
    const restoring = rollout.timeline.find(({ phase }) => phase === 'restoring');
    if (rollout.releaseId === releaseId && restoring === undefined) return new Date(seated.at);
    // another release took the seat, and gave it back to the one before
    if (rollout.previousReleaseId === releaseId && restoring !== undefined) return new Date(restoring.at);
  }
  return null;
}
