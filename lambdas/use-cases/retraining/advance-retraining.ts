import type { AdvanceRetrainingRequest } from '../../../contracts/retraining.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import type { Model } from '../../../core/definitions/model.ts';
import type { RetrainingPolicy } from '../../../core/definitions/monitoring.ts';
import {
  withBegun,
  withEscalation,
  withMerged,
  withRetraining,
  withWaiting,
} from '../../../core/retraining/change-state.ts';
import { decideRetraining, type RetrainingDecision } from '../../../core/retraining/decide.ts';
import { judgeHelp } from '../../../core/retraining/judge-help.ts';
import { ESCALATION_RUNBOOK, RETRAINING_ACTOR, type RetrainingState } from '../../../core/retraining/retraining.ts';
import { onWhatIsThere } from './on-what-is-there.ts';
import { type ReadFacts, type ReadFactsDeps, readFacts } from './read-facts.ts';
import { type SettleRetrainingsDeps, settleRetrainings } from './settle-retrainings.ts';
import { newRetraining, startTrainingOf } from './start-training.ts';
import { writeChange } from './write-change.ts';

export interface AdvanceRetrainingDeps
  extends Omit<SettleRetrainingsDeps, 'registry'>,
    Omit<ReadFactsDeps, 'registry'> {
  readonly registry: SettleRetrainingsDeps['registry'] & ReadFactsDeps['registry'];
}

/** What a call came to. */
export interface AdvancedRetraining {
  readonly model: string;
  readonly action: RetrainingDecision['action'];
  readonly because: string;
  readonly executionId: string | null;
}

/**
 * Looks at everything there is about a model's retraining and does what follows: notes what has ended, judges whether the last
 * one helped, and trains again, waits or calls a person. State is the truth: every call may be repeated, by any process
 * at any time, and goes on from what is there.
 */
export async function advanceRetraining(
  deps: AdvanceRetrainingDeps,
  { model, actor }: AdvanceRetrainingRequest,
): Promise<AdvancedRetraining> {
  return onWhatIsThere(model, () => advanceOnce(deps, model, actor));
}

async function advanceOnce(deps: AdvanceRetrainingDeps, name: string, actor: string): Promise<AdvancedRetraining> {
  const settled = await settleRetrainings(deps, await deps.log.state(name));
  const model = deps.definitions.models.find((one) => one.name === name);
  if (model === undefined) {
    const because = `model "${name}" is not defined any more`;
    return { model: name, action: 'nothing', because, executionId: null };
  }
  const policy = model.monitoring.retraining;
  const facts = await readFacts(deps, model, policy, settled, actor);
  const state = await judgeLast(deps, settled, facts);
  if (policy === null) {
    const because = 'only a person trains this model: its definition has no monitoring.retraining';
    return { model: name, action: 'nothing', because, executionId: null };
  }
  const decision = decideRetraining(policy, state, facts);
  const executionId = await carryOut(deps, { model, policy, state, facts }, decision);
  return { model: name, action: decision.action, because: decision.because, executionId };
}

/** Each that was promoted and of which it is not known yet whether it helped. */
async function judgeLast(
  deps: AdvanceRetrainingDeps,
  settled: RetrainingState,
  { help }: ReadFacts,
): Promise<RetrainingState> {
  let state = settled;
  for (const retraining of settled.retrainings) {
    if (retraining.status !== 'promoted' || retraining.helpedBecause !== null) continue;
    const judged = judgeHelp(retraining, help);
    if (judged === null) continue;
    const { retrainingId } = retraining;
    const next = { ...retraining, helped: judged.helped, helpedBecause: judged.because };
    const detail = { retrainingId, helped: judged.helped, because: judged.because, scanId: help.scan?.scanId ?? null };
    const news = { what: 'judged', actor: RETRAINING_ACTOR, detail } as const;
    state = await writeChange(deps, state, withRetraining(state, next), news);
  }
  return state;
}

interface Decided {
  readonly model: Model;
  readonly policy: RetrainingPolicy;
  readonly state: RetrainingState;
  readonly facts: ReadFacts;
}

/** Answers the execution that trains, if one does. */
async function carryOut(
  deps: AdvanceRetrainingDeps,
  { model, policy, state, facts }: Decided,
  decision: RetrainingDecision,
): Promise<string | null> {
  const at = new Date(facts.nowMs).toISOString();
  const write = async (
    next: RetrainingState,
    what: 'waiting' | 'wait-over' | 'merged' | 'escalated',
    detail: object,
  ) => {
    if (next !== state) await writeChange(deps, state, next, { what, actor: RETRAINING_ACTOR, detail: { ...detail } });
  };
  const { because } = decision;
  switch (decision.action) {
    case 'nothing':
      await write(withWaiting(state, null), 'wait-over', { because });
      return null;
    case 'merge': {
      const { retrainingId, causes } = decision;
      await write(withMerged(state, retrainingId, causes), 'merged', { retrainingId, causes, because });
      return state.retrainings.find((one) => one.retrainingId === retrainingId)?.executionId ?? null;
    }
    case 'wait': {
      const { kind, untilMs, causes } = decision;
      const until = untilMs === null ? null : new Date(untilMs).toISOString();
      await write(withWaiting(state, { kind, at, because, until, causes }), 'waiting', {
        kind,
        until,
        because,
        causes,
      });
      return null;
    }
    case 'escalate': {
      const { causes } = decision;
      const isNew = state.escalation === null;
      const next = withEscalation(state, { at, because, causes });
      await write(next, isNew ? 'escalated' : 'merged', { because, causes, runbook: ESCALATION_RUNBOOK });
      return null;
    }
    case 'train': {
      const { causes } = decision;
      const { championId: replaces, labelRows } = facts;
      const parts = { model: model.name, causes, asOf: null, at, because, replaces, labelRows };
      const retraining = newRetraining(parts, state.version + 1);
      const { retrainingId, executionId } = retraining;
      // the declared limits it was started within: with the signature over the chain, a plan that nobody changed afterwards
      const detail = { retrainingId, executionId, because, causes, replaces, policy, policySha256: digestOf(policy) };
      const news = { what: 'started', actor: RETRAINING_ACTOR, detail } as const;
      await writeChange(deps, state, withBegun(state, retraining), news, { unlessHeld: true });
      await startTrainingOf(deps, model.name, retraining);
      return executionId;
    }
  }
}
