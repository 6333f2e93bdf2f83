import { canonicalJson } from '../canonical-json.ts';
import { BugError, ConflictError } from '../errors.ts';
import { RolloutInProgressError } from '../release/rollout-in-progress-error.ts';
import type { Route } from '../release/route.ts';
import type { Lease } from './lease.ts';
import { LeaseLostError } from './lease-lost-error.ts';
import type { Hold, Rollout } from './rollout.ts';
import { RolloutChangedError } from './rollout-changed-error.ts';

/** One step of a rollout: document and route change together. */
export interface RolloutChange {
  /** The document as it was read. */
  readonly seen: Rollout;
  readonly next: Rollout;
  /** Null leaves the route alone; `to` is one epoch after `from`. */
  readonly route: { readonly from: Route; readonly to: Route } | null;
  /** Null for a person's write, which needs no lease. */
  readonly fence: number | null;
  /** Set by automation for a move forward: a hold that came between reading and writing is not overridden. */
  readonly unlessHeld?: boolean;
}

/** What is stored about a model and the rollout at the moment of a write. */
export interface RolloutTruth {
  readonly rollout: Rollout | null;
  readonly route: Route;
  readonly lease: Lease;
  readonly hold: Hold | null;
}

/**
 * Whether the change has been made already; false when it may be written now.
 *
 * @throws LeaseLostError, RolloutChangedError or ConflictError when it may not; BugError when it is none
 */
export function isMade(change: RolloutChange, truth: RolloutTruth): boolean {
  assertSound(change);
  const { seen, next, route, fence } = change;
  const { rolloutId } = seen;
  const { lease } = truth;
  if (isSame(truth.rollout, next) && (route === null || isSame(truth.route, route.to))) return true;
  const leads = lease.rolloutId === rolloutId;
  if (fence !== null && !(leads && lease.fence === fence)) throw new LeaseLostError(rolloutId, fence);
  if (!isSame(truth.rollout, seen)) throw new RolloutChangedError(rolloutId, 'rollout');
  if (!leads) {
    throw new ConflictError(`rollout ${rolloutId} has ended (${seen.outcome}) and does not change any more`, {
      rolloutId,
    });
  }
  if (route !== null && !isSame(truth.route, route.from)) throw new RolloutChangedError(rolloutId, 'route');
  if (change.unlessHeld && truth.hold !== null) throw new RolloutChangedError(rolloutId, 'hold');
  return false;
}

/** The lease that a writer at `nowMs` leaves. */
export function leaseAfter({ next, fence }: RolloutChange, lease: Lease, nowMs: number): Lease {
  if (next.outcome !== null) return { ...lease, rolloutId: null };
  return fence === null ? lease : { ...lease, renewedAtMs: nowMs };
}

/**
 * The lease with which a rollout begins or is taken over; null when it has ended and nobody leads it any more.
 *
 * @param there the rollout that is stored under the id
 * @throws RolloutInProgressError, ConflictError
 */
export function leaseToBegin(wanted: Rollout, there: Rollout | null, lease: Lease, nowMs: number): Lease | null {
  const { rolloutId, model } = wanted;
  if (
    there !== null &&
    !(there.model === model && there.releaseId === wanted.releaseId && there.kind === wanted.kind)
  ) {
    throw new ConflictError(
      `rollout ${rolloutId} is a ${there.kind} to ${there.releaseId} of model "${there.model}", not a ${wanted.kind} to ${wanted.releaseId} of "${model}"`,
      { rolloutId, releaseId: there.releaseId },
    );
  }
  if (there !== null && there.outcome !== null) return null;
  if (lease.rolloutId !== null && lease.rolloutId !== rolloutId)
    throw new RolloutInProgressError(model, lease.rolloutId);
  return { rolloutId, fence: lease.fence + 1, renewedAtMs: nowMs };
}

function assertSound({ seen, next, route }: RolloutChange): void {
  if (next.rolloutId !== seen.rolloutId || next.model !== seen.model || next.releaseId !== seen.releaseId) {
    throw new BugError(`rollout ${seen.rolloutId} cannot become another one`, { rolloutId: seen.rolloutId });
  }
  if (route !== null && (route.to.epoch !== route.from.epoch + 1 || route.to.model !== seen.model)) {
    throw new BugError(`a route of epoch ${route.from.epoch} is followed by ${route.from.epoch + 1}`, {
      from: route.from.epoch,
      to: route.to.epoch,
    });
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
