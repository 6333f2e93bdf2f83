import { digestOf } from '../../canonical-json.ts';
import { BugError } from '../../errors.ts';
import { goBack } from '../go-back.ts';
import type { ChangeMove } from '../move.ts';
import { hasAnswered, type Place, placeAfter, routeAt } from '../phases.ts';
import type { Approval, Look, Rollout, RolloutOutcome, StopKind } from '../rollout.ts';
import type { Truth } from '../truth.ts';

/** Goes on to what comes next, with the route of it in the same write. */
export function forward(truth: Truth, because: string, look: Look | null = null): ChangeMove {
  return enter(truth, placeAfter(truth), because, look);
}

function enter(truth: Truth, place: Place, because: string, look: Look | null): ChangeMove {
  const { rollout, route } = truth;
  const at = truth.now.toISOString();
  const to = routeAt(truth, place);
  const isApproval = place.phase === 'approval';
  return {
    kind: 'change',
    next: {
      ...rollout,
      ...place,
      since: at,
      look: look ?? rollout.look,
      approval: isApproval ? approvalOf(truth) : rollout.approval,
      timeline: [...rollout.timeline, { ...place, at, because }],
    },
    route: to === null ? null : { from: route, to },
    isForward: true,
    action: isApproval ? 'approval.requested' : `rollout.${place.phase}`,
  };
}

function approvalOf({ rollout, policy, now }: Truth): Approval {
  if (policy.approval === null)
    throw new BugError('an approval that nobody asked for', { rolloutId: rollout.rolloutId });
  return {
    token: digestOf({ rolloutId: rollout.rolloutId, releaseId: rollout.releaseId }),
    requestedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + policy.approval.withinMs).toISOString(),
    decision: null,
    actor: null,
    comment: null,
    decidedAt: null,
  };
}

/** Goes back, whoever holds the model. */
export function back(truth: Truth, kind: StopKind, because: string, look: Look | null = null): ChangeMove {
  const { rollout, route, now } = truth;
  const stop = { kind, actor: rollout.actor, because, at: now.toISOString(), ...actorOf(kind, rollout) };
  const { next, route: way } = goBack(rollout, route, stop);
  return {
    kind: 'change',
    next: { ...next, look: look ?? rollout.look },
    route: way,
    isForward: false,
    action: 'rollout.stopped',
  };
}

/** A person who rejects is who stopped it. */
function actorOf(kind: StopKind, { approval }: Rollout): { readonly actor: string } | undefined {
  return kind === 'person' && approval?.actor != null ? { actor: approval.actor } : undefined;
}

/**
 * Ends it as what it came to be.
 *
 * @param because why it came to be that
 * @param last what ended with it; the timeline has told the rest by then
 */
export function end(truth: Truth, because: string, last: string): ChangeMove {
  const { rollout, now } = truth;
  const at = now.toISOString();
  const outcome = outcomeOf(rollout);
  return {
    kind: 'change',
    next: {
      ...rollout,
      phase: 'done',
      step: 0,
      since: at,
      timeline: [...rollout.timeline, { phase: 'done', step: 0, at, because: last }],
      outcome,
      because,
      endedAt: at,
    },
    route: null,
    isForward: false,
    action: `rollout.${outcome}`,
  };
}

function outcomeOf(rollout: Rollout): RolloutOutcome {
  if (rollout.phase === 'settling') return 'promoted';
  return hasAnswered(rollout) ? 'rolled-back' : 'rejected';
}
