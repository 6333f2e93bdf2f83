import type { CheckBody, RolloutBody, RolloutResponse } from '../../contracts/api/rollouts.ts';
import { countText, numberText, secondsText, shortId } from './plain-words.ts';
import { tableLines } from './table-text.ts';

type Entry = RolloutBody['timeline'][number];

/** Shares of the canary's steps, as far as they are known. */
export type StepShares = readonly number[];

/** `14:02:11  canary 25 %    every check is within its limit`. */
export function entryLine({ phase, step, at, because }: Entry, shares: StepShares): string {
  return `  ${at.slice(11, 19)}  ${placeText(phase, step, shares).padEnd(13)}  ${because}`;
}

export function placeText(phase: string, step: number, shares: StepShares): string {
  if (phase !== 'canary') return phase;
  const share = shares[step];
  return share === undefined ? `canary step ${step + 1}` : `canary ${percentText(share)}`;
}

/** `0.05` as `5 %`. */
export function percentText(share: number): string {
  return `${numberText(share * 100)} %`;
}

/** Where a running rollout stands and what it waits for, in one line. */
export function standingLine(rollout: RolloutResponse, shares: StepShares, nowMs: number): string {
  const { phase, step, since, look, approval } = rollout;
  const age = secondsText(Math.max(0, nowMs - Date.parse(since)));
  const place = `${placeText(phase, step, shares)} for ${age}`;
  if (phase === 'approval' && approval !== null && approval.decision === null) {
    return `${place}: waits for approval until ${approval.expiresAt}`;
  }
  return look === null ? place : `${place}, look ${look.number}: ${look.because}`;
}

/** The checks of a look with their intervals. */
export function checkLines(checks: readonly CheckBody[] | null): readonly string[] {
  const rows = (checks ?? []).map((check) => [
    `  ${check.metric}`,
    numberOf(check.baseline),
    numberOf(check.candidate),
    numberOf(check.observed),
    check.interval === null ? '-' : `[${endText(check.interval.low)}, ${endText(check.interval.high)}]`,
    numberText(check.limit),
    `${countText(check.n.baseline)} / ${countText(check.n.candidate)}`,
    stateText(check),
  ]);
  return tableLines(['  CHECK', 'BEFORE', 'RELEASE', 'OBSERVED', 'INTERVAL', 'LIMIT', 'N', ''], rows);
}

function numberOf(value: number | null): string {
  return value === null ? '-' : numberText(value);
}

/** JSON has no infinity, so an open end is the largest number there is. */
function endText(value: number): string {
  return Math.abs(value) === Number.MAX_VALUE ? `${value < 0 ? '-' : ''}∞` : numberText(value);
}

function stateText({ state, isRequired, needs }: CheckBody): string {
  const more = state === 'undecided' && needs !== null ? `, about ${countText(needs)} more` : '';
  return `${state}${more}${isRequired || state === 'beyond' ? '' : ' (not waited for)'}`;
}

/** A whole rollout: what, whence, every phase with its reason, the newest checks, the end. */
export function rolloutLines(rollout: RolloutResponse, shares: StepShares, nowMs: number): readonly string[] {
  const { rolloutId, model, releaseId, kind, previousReleaseId, stop, outcome, because, cause, actor } = rollout;
  const verb = kind === 'rollback' ? 'back to release' : 'of release';
  const before = previousReleaseId === null ? 'the first' : `after ${shortId(previousReleaseId)}`;
  return [
    `rollout ${rolloutId} ${verb} ${shortId(releaseId)} of ${model}, ${before}`,
    `  ${cause} (${actor})`,
    ...rollout.timeline.map((entry) => entryLine(entry, shares)),
    ...(stop === null ? [] : [`  stopped (${stop.kind}) by ${stop.actor}`]),
    ...approvalLines(rollout),
    ...(rollout.checks === null ? [] : ['', ...checkLines(rollout.checks), '']),
    outcome === null ? `  now: ${standingLine(rollout, shares, nowMs)}` : `  ${outcome}: ${because ?? ''}`,
  ];
}

function approvalLines({ approval }: RolloutResponse): readonly string[] {
  if (approval?.decision == null) return [];
  const word = approval.decision === 'approve' ? 'approved' : 'rejected';
  return [`  ${word} by ${approval.actor} at ${approval.decidedAt}: ${approval.comment}`];
}
