import { canonicalJson } from '../../canonical-json.ts';
import { durationText } from '../../duration-text.ts';
import { armsOf, wantedArms } from '../arms.ts';
import type { Move } from '../move.ts';
import type { Rollout } from '../rollout.ts';
import type { EndpointState, Truth } from '../truth.ts';
import { back, end, forward } from './enter.ts';
import { msSince, poll, pollMs, wait } from './waiting.ts';

/** What became of telling the endpoint what to run. */
type Progress =
  | { readonly state: 'ready' }
  /** The endpoint was not told yet, or not everything. */
  | { readonly state: 'to-tell' }
  | { readonly state: 'under-way' }
  | { readonly state: 'failed'; readonly because: string };

/** `deploying`: brings the release up beside the champion. */
export function deploying(truth: Truth): Move {
  const { news, hold, rollout } = truth;
  if (news?.kind === 'failure' && !news.isPassing) return back(truth, 'failure', news.because);
  const progress = progressOf(truth);
  if (progress.state === 'failed') return back(truth, 'failure', progress.because);
  if (hold !== null && progress.state !== 'under-way') return wait(truth.pollMs);
  if (progress.state === 'ready') return forward(truth, upBecause(truth));
  const pauseMs = news?.kind === 'failure' ? pollMs(truth, msSince(rollout.since, truth)) : 0;
  const late = hold === null ? overdue(truth, pauseMs) : null;
  if (late !== null) return back(truth, 'failure', news?.kind === 'failure' ? `${late}: ${news.because}` : late);
  if (pauseMs > 0) return wait(pauseMs);
  return tellOrWait(truth, progress);
}

/** `settling`: leaves the endpoint to the new champion, on the variant `champion`. What goes wrong does not undo the promotion. */
export function settling(truth: Truth): Move {
  const { rollout, route, hold } = truth;
  if (hold !== null) return wait(truth.pollMs);
  const progress = progressOf(truth);
  const { candidate } = armsOf(rollout, route);
  if (progress.state === 'ready') {
    if (candidate.variant !== 'champion') return moveToChampion(truth);
    return end(truth, promotedBecause(truth), 'the endpoint runs it alone');
  }
  const late = isFirstTry(truth, progress) ? null : overdue(truth);
  if (late !== null) return endLate(truth, promotedBecause(truth), `the endpoint was not settled: ${late}`);
  return tryOn(truth, progress);
}

/** `restoring`: the route was put right before; the endpoint follows. It is tried until it has had its time. */
export function restoring(truth: Truth): Move {
  const { rollout } = truth;
  const because = rollout.stop?.because ?? 'it went back';
  const wanted = wantedArms(rollout, truth.route);
  if (!mayHaveTold(rollout) || wanted.length === 0) return end(truth, because, 'the endpoint is left as it is');
  const progress = progressOf(truth);
  if (progress.state === 'ready') return end(truth, because, 'the endpoint runs the release before alone');
  const late = isFirstTry(truth, progress) ? null : overdue(truth);
  if (late !== null) return endLate(truth, because, `the endpoint was not restored: ${late}`);
  return tryOn(truth, progress);
}

function endLate(truth: Truth, because: string, problem: string): Move {
  return end(truth, `${because}; ${problem}`, problem);
}

/** Where there is no other way the endpoint is told again and again, with a pause after each time that did not go well. */
function tryOn(truth: Truth, progress: Progress): Move {
  if (truth.news?.kind === 'failure') return poll(truth, msSince(truth.rollout.since, truth));
  return progress.state === 'failed' ? tell(truth) : tellOrWait(truth, progress);
}

/** A process that was killed may have told the endpoint and not have written it down. */
function mayHaveTold({ pointed, timeline }: Rollout): boolean {
  return pointed !== null || timeline.some(({ phase }) => phase === 'deploying');
}

/** However late it is: nobody may have led the rollout for a while, so what was never told is told once. */
function isFirstTry({ news }: Truth, { state }: Progress): boolean {
  return state === 'to-tell' && news?.kind !== 'failure';
}

/** The release answers on both variants: which one the route names makes no difference to anybody. */
function moveToChampion(truth: Truth): Move {
  const { rollout, route } = truth;
  const champion = { releaseId: rollout.releaseId, variant: 'champion' as const };
  return {
    kind: 'change',
    next: rollout,
    route: { from: route, to: { ...route, champion, epoch: route.epoch + 1 } },
    isForward: true,
    action: 'route.changed',
  };
}

function upBecause({ rollout }: Truth): string {
  return `${rollout.kind === 'rollback' ? 'it was champion before' : 'it passed its gates'}, and the endpoint runs it`;
}

function promotedBecause({ rollout }: Truth): string {
  return rollout.timeline.findLast(({ phase }) => phase === 'settling')?.because ?? 'it passed';
}

function tellOrWait(truth: Truth, { state }: Progress): Move {
  return state === 'to-tell'
    ? tell(truth)
    : poll(truth, msSince(truth.rollout.pointed?.at ?? truth.rollout.since, truth));
}

function tell({ rollout, route }: Truth): Move {
  return { kind: 'point', arms: wantedArms(rollout, route) };
}

function progressOf(truth: Truth): Progress {
  const { endpoint } = truth;
  switch (endpoint.state) {
    case 'in-service':
      return { state: 'ready' };
    case 'changing':
      return { state: 'under-way' };
    case 'unscaled':
      return { state: 'to-tell' };
    default:
      return wasTold(truth) ? { state: 'failed', because: reasonOf(endpoint) } : { state: 'to-tell' };
  }
}

/** Whether the endpoint has taken the change to what is wanted now: if it runs something else after that, the change has failed. */
function wasTold({ rollout, route }: Truth): boolean {
  const { pointed } = rollout;
  return pointed !== null && canonicalJson(pointed.arms) === canonicalJson(wantedArms(rollout, route));
}

export function reasonOf(endpoint: EndpointState): string {
  switch (endpoint.state) {
    case 'failed':
      return endpoint.reason;
    case 'absent':
      return 'the endpoint does not exist';
    default:
      return 'the endpoint went back to what it ran before: the new content did not come into service';
  }
}

/** Why it has taken too long, or will have in so many milliseconds; null while there is time. */
function overdue(truth: Truth, inMs = 0): string | null {
  const { rollout, policy } = truth;
  const isTold = rollout.phase !== 'deploying' && rollout.pointed !== null && wasTold(truth);
  const from = isTold ? rollout.pointed.at : rollout.since;
  const limitMs = policy.inServiceTimeoutMs * (rollout.phase === 'deploying' ? 1 : FOLLOW_UP_TRIES);
  return msSince(from, truth) + inMs <= limitMs ? null : `it was not in service within ${durationText(limitMs)}`;
}

/** Settling takes two changes of the endpoint, and what comes before them may have to end first. */
const FOLLOW_UP_TRIES = 3;
