import type { RetrainingPolicy } from '../definitions/monitoring.ts';
import { type Limit, limitsInTheWay } from './limits.ts';
import { mergeCauses } from './merge-causes.ts';
import type { RetrainingCause, RetrainingState, WaitKind } from './retraining.ts';
import { causesText, unfinished } from './retraining.ts';
import { shortened } from './shortened.ts';
import { unhelpfulInARow } from './unhelpful-in-a-row.ts';

/** What is known when it is decided, beside the state of retraining itself. */
export interface RetrainingFacts {
  readonly nowMs: number;
  /** What speaks for training again now, nobody's request among it. */
  readonly causes: readonly RetrainingCause[];
  /** Of the newest scan; null when there was none. */
  readonly health: { readonly outcome: string; readonly because: string } | null;
  /** Of the newest scan of the release that answers; null when there was none. */
  readonly diagnosis: { readonly kind: string; readonly because: string } | null;
  /** Matured outcomes since the performance fell; null when it did not. */
  readonly outcomesSinceChange: number | null;
  readonly hold: { readonly actor: string; readonly because: string } | null;
  /** Id of a rollout of the model that has not ended; null when there is none. */
  readonly rolloutId: string | null;
  /** What one more training is expected to cost; null without a price. */
  readonly nextCostUsd: number | null;
}

/** Every decision says why in a sentence with the numbers. */
export type RetrainingDecision =
  | { readonly action: 'nothing'; readonly because: string }
  | { readonly action: 'train'; readonly causes: readonly RetrainingCause[]; readonly because: string }
  /** One runs: it stands for these causes too. */
  | {
      readonly action: 'merge';
      readonly retrainingId: string;
      readonly causes: readonly RetrainingCause[];
      readonly because: string;
    }
  | {
      readonly action: 'wait';
      readonly kind: WaitKind;
      /** Null when it is not a matter of time. */
      readonly untilMs: number | null;
      readonly causes: readonly RetrainingCause[];
      readonly because: string;
    }
  /** A person has to look; it has been said already when the state has an escalation. */
  | { readonly action: 'escalate'; readonly causes: readonly RetrainingCause[]; readonly because: string };

/**
 * Whether a model is trained again by itself. One retraining at a time stands for every cause; nothing is learnt from an
 * outage; what did not help is not repeated for ever; the declared limits hold. Whatever is in the way that can be seen
 * is said before what is only a matter of time, and of that the last.
 */
export function decideRetraining(
  policy: RetrainingPolicy,
  state: RetrainingState,
  facts: RetrainingFacts,
): RetrainingDecision {
  const { causes } = facts;
  if (causes.length === 0) return { action: 'nothing', because: 'nothing speaks for training again' };
  const why = causesText(causes);

  const running = unfinished(state)[0];
  if (running !== undefined) {
    const { retrainingId } = running;
    const because = `retraining ${retrainingId} runs since ${running.startedAt} and stands for it: ${why}`;
    return { action: 'merge', retrainingId, causes: mergeCauses(running.causes, causes), because };
  }
  const escalated = escalation(policy, state, causes, why);
  if (escalated !== null) return escalated;

  const obstacle = obstacleNow(policy, facts) ?? lastOf(limitsInTheWay(policy, state, facts));
  if (obstacle === null) return { action: 'train', causes, because: withPremise(why, facts) };
  const { kind, untilMs, because } = obstacle;
  return { action: 'wait', kind, untilMs, causes, because: `${why}; not trained again: ${because}` };
}

function escalation(
  { maxUnhelpful }: RetrainingPolicy,
  state: RetrainingState,
  causes: readonly RetrainingCause[],
  why: string,
): RetrainingDecision | null {
  if (state.escalation !== null) {
    const { causes: there, because } = state.escalation;
    return { action: 'escalate', causes: mergeCauses(there, causes), because };
  }
  const unhelpful = unhelpfulInARow(state);
  if (unhelpful.length < maxUnhelpful) return null;
  const reasons = unhelpful
    .slice(0, maxUnhelpful)
    .map((one) => `${one.startedAt}: ${shortened(one.helpedBecause ?? one.because)}`);
  const because = `${why}; ${unhelpful.length} retrainings in a row did not help, and ${maxUnhelpful} are allowed (${reasons.join('; ')})`;
  return { action: 'escalate', causes, because };
}

/** What forbids a training whatever the limits say. */
function obstacleNow(policy: RetrainingPolicy, facts: RetrainingFacts): Limit | null {
  const { health, diagnosis, hold, rolloutId, outcomesSinceChange } = facts;
  const unhealthy = health?.outcome === 'unhealthy' ? health.because : null;
  const outage = unhealthy ?? (diagnosis?.kind === 'outage' ? diagnosis.because : null);
  if (outage !== null) {
    return {
      kind: 'outage',
      untilMs: null,
      because: `an outage is not learnt as if it were the world (${shortened(outage)})`,
    };
  }
  if (hold !== null) return { kind: 'hold', untilMs: null, because: `${hold.actor} holds the model: ${hold.because}` };
  if (rolloutId !== null) {
    return { kind: 'rollout', untilMs: null, because: `rollout ${rolloutId} of the model has not ended` };
  }
  if (diagnosis?.kind === 'relation-changed' && (outcomesSinceChange ?? 0) < policy.minNewOutcomes) {
    const because = `the relation of inputs and outcome has changed, which training can not learn before it is seen: ${outcomesSinceChange ?? 0} of ${policy.minNewOutcomes} matured outcomes since the change`;
    return { kind: 'outcomes', untilMs: null, because };
  }
  return null;
}

/** The limit that lasts longest; one that time does not lift lasts longer than any. */
function lastOf(limits: readonly Limit[]): Limit | null {
  const lasts = ({ untilMs }: Limit) => untilMs ?? Number.POSITIVE_INFINITY;
  return limits.reduce<Limit | null>((last, one) => (last === null || lasts(one) > lasts(last) ? one : last), null);
}

function withPremise(why: string, { diagnosis, outcomesSinceChange }: RetrainingFacts): string {
  if (diagnosis?.kind !== 'relation-changed') return why;
  return `${why}; the relation of inputs and outcome has changed, and training before there were ${outcomesSinceChange ?? 0} matured outcomes since could not have helped`;
}
