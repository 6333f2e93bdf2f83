import type { ApprovalRequest } from '../../../contracts/api/rollouts.ts';
import { PlatformError, UnavailableError } from '../../../core/errors.ts';
import type { Approval, Rollout } from '../../../core/rollout/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { wakeExecution } from './wake-execution.ts';

export interface DecideApprovalDeps {
  readonly registry: Pick<ModelRegistry, 'rollout' | 'changeRollout' | 'taskToken'>;
  readonly workflow: Pick<Workflow, 'wake'>;
  readonly events: EventBus;
  readonly clock: Clock;
}

const MAX_TRIES = 10;

/** A person's word on a rollout comes too late, or is about something else than what waits for it. */
export class ApprovalRefusedError extends PlatformError {
  constructor(rolloutId: string, because: string, details: Readonly<Record<string, unknown>> = {}) {
    super('ApprovalRefusedError', 'conflict', `rollout ${rolloutId} ${because}`, { rolloutId, ...details });
  }
}

/**
 * Writes a person's word on the rollout and wakes the flow that waits for it. The same word of the same person again changes nothing.
 *
 * @throws ApprovalRefusedError when nobody asked, the token names something else, the time is up, or it was decided before
 */
export async function decideApproval(
  deps: DecideApprovalDeps,
  rolloutId: string,
  ask: ApprovalRequest,
  actor: string,
): Promise<Rollout> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const seen = await deps.registry.rollout(rolloutId);
    const now = deps.clock.now();
    const approval = openApproval(seen, ask, actor, now);
    if (approval === 'decided') return seen;
    try {
      return await decide(deps, seen, approval, ask, actor, now.toISOString());
    } catch (error) {
      if (!isChanged(error)) throw error;
    }
  }
  throw new UnavailableError(`rollout ${rolloutId} changed ${MAX_TRIES} times during one decision; try again`, {
    rolloutId,
  });
}

/** The approval that waits for a word; `decided` when it has this very one already. */
function openApproval(seen: Rollout, ask: ApprovalRequest, actor: string, now: Date): Approval | 'decided' {
  const { rolloutId, approval, outcome, phase } = seen;
  if (approval === null) {
    throw new ApprovalRefusedError(rolloutId, `asks nobody for approval; it is in phase ${phase}`, { phase });
  }
  if (approval.token !== ask.token) {
    throw new ApprovalRefusedError(
      rolloutId,
      `waits for a word on ${approval.token}, not on ${ask.token}: read it again, what is to be approved is another thing`,
      { token: approval.token },
    );
  }
  if (approval.decision !== null) {
    if (approval.decision === ask.decision && approval.actor === actor) return 'decided';
    throw new ApprovalRefusedError(
      rolloutId,
      `was ${PAST[approval.decision]} by ${approval.actor} at ${approval.decidedAt}: ${approval.comment}`,
      { decision: approval.decision, actor: approval.actor, decidedAt: approval.decidedAt },
    );
  }
  if (outcome !== null || phase !== 'approval') {
    throw new ApprovalRefusedError(rolloutId, `no longer waits for approval; it is in phase ${phase}`, { phase });
  }
  if (now.getTime() > Date.parse(approval.expiresAt)) {
    throw new ApprovalRefusedError(rolloutId, `could be approved until ${approval.expiresAt}; start it again`, {
      expiresAt: approval.expiresAt,
    });
  }
  return approval;
}

const PAST = { approve: 'approved', reject: 'rejected' } as const;
/** `headgate.rollout.rejected` is the end of a rollout, which a rejection leads to. */
const EVENTS = { approve: 'headgate.rollout.approved', reject: 'headgate.rollout.rejected-by-person' } as const;

async function decide(
  deps: DecideApprovalDeps,
  seen: Rollout,
  approval: Approval,
  { decision, comment }: ApprovalRequest,
  actor: string,
  at: string,
): Promise<Rollout> {
  const { rolloutId, releaseId, model } = seen;
  const next: Rollout = { ...seen, approval: { ...approval, decision, comment, actor, decidedAt: at } };
  const decided = await deps.registry.changeRollout(
    { seen, next, route: null, fence: null },
    {
      action: `approval.${PAST[decision]}`,
      actor,
      at,
      detail: { rolloutId, releaseId, token: approval.token, comment },
    },
  );
  // the word is written, and the flow looks by itself: neither of these may make it seem as if it were not
  await Promise.allSettled([
    deps.events.publish([{ type: EVENTS[decision], subject: model, data: decided }]),
    wakeExecution(deps, rolloutId, { decision }),
  ]);
  return decided;
}

function isChanged(error: unknown): boolean {
  return error instanceof PlatformError && error.name === 'RolloutChangedError';
}
