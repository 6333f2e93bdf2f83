import { durationText } from '../../duration-text.ts';
import { unreachable } from '../../errors.ts';
import { armsOf, wantedArms } from '../arms.ts';
import type { CountMove, Move } from '../move.ts';
import type { Look } from '../rollout.ts';
import type { FailureNews, LookNews, Truth } from '../truth.ts';
import { reasonOf } from './bring-up.ts';
import { back, forward } from './enter.ts';
import { msSince, poll, wait } from './waiting.ts';

/** `shadow`, `canary` and `watching`: looks at what the log says and goes by it. Looks go on while a person holds the model. */
export function judged(truth: Truth): Move {
  const { news, rollout, policy, endpoint, route } = truth;
  const gone = ifArmsAreGone(truth);
  if (gone !== null) return gone;
  if (news?.kind === 'look' && news.phase === rollout.phase && news.since === rollout.since) {
    return afterLook(truth, news);
  }
  if (news?.kind === 'failure') return afterFailure(truth, news);
  const dueMs = policy.judge.everyMs - msSince(lastLookAt(truth), truth);
  if (dueMs <= 0) return count(truth);
  return endpoint.state === 'unscaled' ? { kind: 'point', arms: wantedArms(rollout, route) } : wait(dueMs);
}

function afterLook(truth: Truth, news: LookNews): Move {
  const { rollout, hold, now } = truth;
  const { verdict, because } = news.judgement;
  const number = (rollout.look?.number ?? 0) + 1;
  const look: Look = { at: now.toISOString(), number, verdict, because, reportUri: news.reportUri };
  if (verdict === 'go-back') return back(truth, 'evidence', because, look);
  if (hold === null) {
    if (isOver(truth, verdict) && isReady(truth)) return forward(truth, passedBecause(truth, because), look);
    const late = deadlinePassed(truth);
    if (late !== null) return back(truth, 'policy', `${late}: ${because}`, look);
  }
  const isNew = rollout.look === null || rollout.look.verdict !== verdict || rollout.look.at <= rollout.since;
  return {
    kind: 'change',
    next: { ...rollout, look },
    route: null,
    isForward: false,
    action: isNew && verdict !== 'continue' ? 'rollout.looked' : null,
  };
}

/** Whether what is asked of the phase has been shown, and for long enough. Watching needs only that nothing was shown against it. */
function isOver(truth: Truth, verdict: 'continue' | 'proceed'): boolean {
  const { rollout, policy } = truth;
  const sinceMs = msSince(rollout.since, truth);
  if (rollout.phase === 'watching') return sinceMs >= (policy.watch?.forMs ?? 0);
  return verdict === 'proceed' && sinceMs >= (rollout.phase === 'canary' ? (policy.canary?.bakeMs ?? 0) : 0);
}

function passedBecause({ rollout, policy }: Truth, because: string): string {
  return rollout.phase === 'watching' ? `watched for ${durationText(policy.watch?.forMs ?? 0)}: ${because}` : because;
}

/** More traffic only where both arms are in service with the instances for it; settling gives none. */
function isReady({ rollout, endpoint }: Truth): boolean {
  return rollout.phase === 'watching' || endpoint.state === 'in-service' || endpoint.state === 'other-content';
}

/** Why it ends undecided; null while there is time. A person's hold stops the clock's say until the first look after it. */
function deadlinePassed(truth: Truth): string | null {
  const { rollout, policy } = truth;
  const withinMs = { shadow: policy.shadow?.withinMs, canary: policy.canary?.withinMs, watching: null }[
    rollout.phase as 'shadow' | 'canary' | 'watching' // nothing else is judged
  ];
  if (withinMs == null || msSince(rollout.since, truth) <= withinMs) return null;
  return `it could not be decided within ${durationText(withinMs)}`;
}

/** One look that could not be made says nothing; looks that cannot be made until the time is over do. */
function afterFailure(truth: Truth, { of, because, isPassing }: FailureNews): Move {
  switch (of) {
    case 'point':
      return poll(truth, msSince(truth.rollout.since, truth));
    case 'count':
      return lookLater(truth, because);
    case 'advance':
    case 'replay':
    case 'ask':
      return isPassing ? lookLater(truth, because) : back(truth, 'failure', because);
    default:
      return unreachable(of);
  }
}

function lookLater(truth: Truth, because: string): Move {
  const late = truth.hold === null ? unjudged(truth) : null;
  return late === null ? wait(truth.policy.judge.everyMs) : back(truth, 'failure', `${late}: ${because}`);
}

/** A watch that nobody could look at by twice its time is not passed either. */
function unjudged(truth: Truth): string | null {
  const { rollout, policy } = truth;
  if (rollout.phase !== 'watching') return deadlinePassed(truth);
  const limitMs = 2 * (policy.watch?.forMs ?? 0);
  return msSince(rollout.since, truth) > limitMs ? `it could not be looked at within ${durationText(limitMs)}` : null;
}

/** What somebody else did to the endpoint. Null while both arms are there. */
function ifArmsAreGone(truth: Truth): Move | null {
  const { endpoint, rollout, route, hold } = truth;
  if (endpoint.state === 'failed' || endpoint.state === 'absent') return back(truth, 'failure', reasonOf(endpoint));
  if (endpoint.state !== 'other-content') return null;
  const { candidate, before } = armsOf(rollout, route);
  const lost = [candidate, before].filter((arm) => arm !== null && endpoint.missing.includes(arm.variant));
  if (lost.length === 0) return null;
  const because = `somebody changed the endpoint: ${lost.map((arm) => `variant ${arm?.variant} no longer runs release ${arm?.releaseId}`).join(', ')}`;
  const isWayBackGone = rollout.phase === 'watching' && lost.length === 1 && lost[0] === before;
  if (!isWayBackGone) return back(truth, 'failure', because);
  return hold === null ? forward(truth, `${because}, so there is nothing to compare with and go back to`) : null;
}

function lastLookAt({ rollout: { look, since } }: Truth): string {
  return look !== null && look.at > since ? look.at : since;
}

function count({ rollout, route, now }: Truth): CountMove {
  const { candidate, before } = armsOf(rollout, route);
  const { challenger } = route;
  return {
    kind: 'count',
    of: rollout.phase === 'shadow' ? 'shadow' : 'canary',
    releases: { baseline: before?.releaseId ?? candidate.releaseId, candidate: candidate.releaseId },
    challenger:
      challenger === null
        ? null
        : { is: challenger.releaseId === candidate.releaseId ? 'candidate' : 'baseline', share: challenger.share },
    fromMs: Date.parse(rollout.since),
    toMs: now.getTime(),
  };
}
