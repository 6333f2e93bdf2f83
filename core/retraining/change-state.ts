import { BUDGET_PERIOD_MS } from './begun.ts';
import { mergeCauses } from './merge-causes.ts';
import {
  ESCALATION_RUNBOOK,
  type Retraining,
  type RetrainingCause,
  type RetrainingState,
  type Waiting,
} from './retraining.ts';

/** As many as are shown; what counts for limits beyond them is kept as numbers. */
const MAX_RETRAININGS = 50;

/** A retraining begins; nothing waits any more. */
export function withBegun(state: RetrainingState, begun: Retraining): RetrainingState {
  return kept({ ...state, retrainings: [begun, ...state.retrainings], waiting: null }, begun.startedAt);
}

/** A retraining as it has become; the state itself when nothing of it has changed. */
export function withRetraining(state: RetrainingState, next: Retraining): RetrainingState {
  const retrainings = state.retrainings.map((one) => (one.retrainingId === next.retrainingId ? next : one));
  return { ...state, retrainings };
}

/** The causes that a retraining stands for; the state itself when it stands for them already. */
export function withMerged(
  state: RetrainingState,
  retrainingId: string,
  causes: readonly RetrainingCause[],
): RetrainingState {
  const found = state.retrainings.find((one) => one.retrainingId === retrainingId);
  if (found === undefined) return state;
  const merged = mergeCauses(found.causes, causes);
  return merged === found.causes && state.waiting === null
    ? state
    : { ...withRetraining(state, { ...found, causes: merged }), waiting: null };
}

/**
 * What is waited for. The state itself when that is waited for already, since then and until then, for the same kinds of
 * causes: numbers that move from scan to scan are no change.
 */
export function withWaiting(state: RetrainingState, waiting: Waiting | null): RetrainingState {
  const same = (a: Waiting | null) =>
    a === null ? null : [a.kind, a.until, ...a.causes.map(({ kind }) => kind)].join();
  return same(state.waiting) === same(waiting) ? state : { ...state, waiting };
}

/** A person has to look; the state itself when that is known for these kinds of causes. */
export function withEscalation(
  state: RetrainingState,
  {
    at,
    because,
    causes,
  }: { readonly at: string; readonly because: string; readonly causes: readonly RetrainingCause[] },
): RetrainingState {
  const there = state.escalation;
  if (there !== null) {
    const merged = mergeCauses(there.causes, causes);
    return merged === there.causes ? state : { ...state, escalation: { ...there, causes: merged } };
  }
  return { ...state, waiting: null, escalation: { at, because, runbook: ESCALATION_RUNBOOK, causes } };
}

/** A person has looked: what began before counts no more. The state itself while nobody has to look. */
export function withPersonsWord(state: RetrainingState, at: string): RetrainingState {
  return state.escalation === null ? state : { ...state, escalation: null, countedFrom: at };
}

/** What begins in the last 30 days counts; what is not among the newest, and has ended, is kept as numbers. */
function kept(state: RetrainingState, now: string): RetrainingState {
  const isCounted = ({ startedAt }: { readonly startedAt: string }) =>
    Date.parse(startedAt) > Date.parse(now) - BUDGET_PERIOD_MS;
  const isShown = ({ endedAt }: Retraining, i: number) => i < MAX_RETRAININGS || endedAt === null;
  const leaving = state.retrainings.filter((one, i) => !isShown(one, i));
  const older = [...leaving.map(({ startedAt, costUsd }) => ({ startedAt, costUsd })), ...state.older];
  return { ...state, retrainings: state.retrainings.filter(isShown), older: older.filter(isCounted) };
}
