import { durationText } from '../../duration-text.ts';
import { armsOf } from '../arms.ts';
import type { Move } from '../move.ts';
import type { Look } from '../rollout.ts';
import type { Truth } from '../truth.ts';
import { reasonOf } from './bring-up.ts';
import { back, forward } from './enter.ts';
import { bounded, msSince, poll, wait } from './waiting.ts';

/** `gates`: what was judged when the release was made, and what has to be there for it to serve and to be taken back. */
export function gates(truth: Truth): Move {
  const { news, refusal, hold, rollout } = truth;
  if (refusal !== null) return back(truth, 'policy', refusal);
  if (news?.kind === 'failure' && !news.isPassing) return back(truth, 'failure', news.because);
  if (hold !== null) return wait(truth.pollMs);
  return forward(truth, rollout.kind === 'rollback' ? 'it was champion before' : 'it passed its gates');
}

/** `approval`: a person has the word. */
export function approval(truth: Truth): Move {
  const { news, rollout, hold, now } = truth;
  if (news?.kind === 'failure' && !news.isPassing) return back(truth, 'failure', news.because);
  const asked = rollout.approval;
  if (asked === null) return back(truth, 'failure', 'nobody was asked to approve it');
  const comment = asked.comment === null ? '' : `: ${asked.comment}`;
  if (asked.decision === 'reject') return back(truth, 'person', `${asked.actor} rejected it${comment}`);
  if (hold !== null) return wait(truth.pollMs);
  if (asked.decision === 'approve') return forward(truth, `${asked.actor} approved it${comment}`);
  const leftMs = Date.parse(asked.expiresAt) - now.getTime();
  if (leftMs <= 0) return back(truth, 'policy', `nobody approved it by ${asked.expiresAt}`);
  return news?.kind === 'failure' ? wait(truth.pollMs) : { kind: 'ask', forMs: bounded(leftMs) };
}

/** `latency`: requests are replayed against the candidate before anybody live asks it. */
export function latency(truth: Truth): Move {
  const { news, rollout, route, hold, now, endpoint } = truth;
  const waitedMs = msSince(rollout.since, truth);
  const { inServiceTimeoutMs } = truth.policy;
  if (news?.kind === 'failure') {
    const isOver = !news.isPassing || waitedMs > inServiceTimeoutMs;
    return isOver ? back(truth, 'failure', news.because) : poll(truth, waitedMs);
  }
  if (endpoint.state === 'changing') {
    return waitedMs <= inServiceTimeoutMs
      ? poll(truth, waitedMs)
      : back(
          truth,
          'failure',
          `somebody changed the endpoint, and after ${durationText(inServiceTimeoutMs)} that was not over`,
        );
  }
  if (endpoint.state !== 'in-service' && endpoint.state !== 'unscaled') {
    return back(truth, 'failure', reasonOf(endpoint));
  }
  if (news?.kind !== 'replay') return { kind: 'replay', arm: armsOf(rollout, route).candidate };
  const isPassed = news.outcome === 'pass';
  const look: Look = {
    at: now.toISOString(),
    number: (rollout.look?.number ?? 0) + 1,
    verdict: isPassed ? 'proceed' : 'go-back',
    because: isPassed ? 'it answers fast enough' : news.because,
    reportUri: news.reportUri,
  };
  if (!isPassed) return back(truth, news.outcome === 'fail' ? 'evidence' : 'policy', `latency: ${news.because}`, look);
  return hold === null ? forward(truth, look.because, look) : wait(truth.pollMs);
}
