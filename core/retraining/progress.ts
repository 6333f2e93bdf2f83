import { DAY_MS } from '../clock.ts';
import type { RolloutOutcome, StopKind } from '../rollout/rollout.ts';
import type { Retraining } from './retraining.ts';
import { shortened } from './shortened.ts';

/** Longer than a training may run, and than anybody forgets one that has: what is not there by then is gone. */
const GONE_MS = 3 * DAY_MS;
/** Of why one ended: an error may bring a stack trace, and all retrainings of a model are one item. */
const MAX_REASON_CHARACTERS = 500;

/** A state machine's execution as far as it is told here. */
export interface ExecutionSight {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly endedAt: string | null;
  readonly error: { readonly name: string; readonly message: string } | null;
}

/** What the execution of a training ended with. */
export interface TrainedRelease {
  readonly releaseId: string;
  readonly passed: boolean;
  readonly rolloutId: string;
  readonly because: string;
}

export interface RolloutSight {
  /** Null while it runs. */
  readonly outcome: RolloutOutcome | null;
  readonly because: string | null;
  readonly endedAt: string | null;
  readonly stop: { readonly kind: StopKind } | null;
}

/** What is there of a retraining without an end; null stands for nothing of that name. */
export type RetrainingSight =
  | {
      readonly of: 'training';
      readonly execution: ExecutionSight | null;
      readonly release: TrainedRelease | null;
      readonly costUsd: number | null;
    }
  | { readonly of: 'rollout'; readonly rollout: RolloutSight | null; readonly execution: ExecutionSight | null };

export type Progress =
  | { readonly to: 'start' }
  | { readonly to: 'stay' }
  | { readonly to: 'change'; readonly next: Retraining };

/**
 * How far a retraining has come. One whose training is not there was not started before the process ended that wrote it down, so
 * it is to be started; a training that was stopped, vanished or ran out of time has failed. Nothing is waited for without an end.
 */
export function progressOf(retraining: Retraining, sight: RetrainingSight, nowMs: number): Progress {
  return sight.of === 'training'
    ? trainingProgress(retraining, sight, nowMs)
    : rolloutProgress(retraining, sight, nowMs);
}

function trainingProgress(
  retraining: Retraining,
  { execution, release, costUsd }: Extract<RetrainingSight, { of: 'training' }>,
  nowMs: number,
): Progress {
  if (execution === null) {
    if (nowMs - Date.parse(retraining.startedAt) < GONE_MS) return { to: 'start' };
    return failed(retraining, `its execution ${retraining.executionId} is gone`, nowMs);
  }
  if (execution.status === 'RUNNING') return { to: 'stay' };
  const endedAt = execution.endedAt ?? new Date(nowMs).toISOString();
  const trained = { ...retraining, costUsd };
  if (execution.status !== 'SUCCEEDED' || release === null) {
    const { name, message } = execution.error ?? { name: execution.status, message: 'it ended without a release' };
    return failed(trained, `the training failed: ${name}: ${message}`, Date.parse(endedAt));
  }
  const { releaseId, passed, rolloutId, because } = release;
  if (passed) {
    const text = `release ${releaseId} passed its gates and is rolled out`;
    return { to: 'change', next: { ...trained, status: 'rolling-out', releaseId, rolloutId, because: text } };
  }
  const reason = `release ${releaseId} did not pass its gates: ${because}`;
  return { to: 'change', next: { ...ended({ ...trained, releaseId }, 'not-passed', reason, endedAt), helped: false } };
}

function rolloutProgress(
  retraining: Retraining,
  { rollout, execution }: Extract<RetrainingSight, { of: 'rollout' }>,
  nowMs: number,
): Progress {
  if (rollout === null) {
    const isComing = execution === null ? !isGone(retraining, nowMs) : execution.status === 'RUNNING';
    if (isComing) return { to: 'stay' };
    const why = execution?.error == null ? 'it is not there' : `${execution.error.name}: ${execution.error.message}`;
    return notPromoted(
      retraining,
      `rollout ${retraining.rolloutId} never began: ${why}`,
      new Date(nowMs).toISOString(),
    );
  }
  if (rollout.outcome === null) return { to: 'stay' };
  const because = rollout.because ?? rollout.outcome;
  const endedAt = rollout.endedAt ?? new Date(nowMs).toISOString();
  if (rollout.outcome === 'promoted') {
    return { to: 'change', next: ended(retraining, 'promoted', `promoted: ${because}`, endedAt) };
  }
  const said = notPromoted(retraining, `${rollout.outcome}: ${because}`, endedAt);
  if (said.to !== 'change' || rollout.stop?.kind !== 'newer-release') return said;
  // it was not tried to its end: that says nothing about it
  return { to: 'change', next: { ...said.next, helped: null } };
}

function isGone({ startedAt }: Retraining, nowMs: number): boolean {
  return nowMs - Date.parse(startedAt) >= 2 * GONE_MS;
}

function failed(retraining: Retraining, because: string, endedAtMs: number): Progress {
  const next = ended(retraining, 'failed', because, new Date(endedAtMs).toISOString());
  return { to: 'change', next: { ...next, helped: false } };
}

function notPromoted(retraining: Retraining, because: string, endedAt: string): Progress {
  return { to: 'change', next: { ...ended(retraining, 'not-promoted', because, endedAt), helped: false } };
}

function ended(retraining: Retraining, status: Retraining['status'], said: string, endedAt: string): Retraining {
  const because = shortened(said, MAX_REASON_CHARACTERS); // the execution, or the rollout, has it whole
  const helpedBecause = status === 'promoted' ? null : because;
  return { ...retraining, status, because, endedAt, helpedBecause };
}
