import { durationText } from '../duration-text.ts';
import { shareText } from './bucket-text.ts';
import { comparablesOf } from './comparable-buckets.ts';
import type { HealthCheck } from './health-check.ts';
import { judgeShare } from './judge-share.ts';
import { ADJACENT, type BucketHistory, MAX_AGE } from './source-buckets.ts';

const MIN_JUMP = 0.25;

/**
 * Whether rows come later after their event than they used to: of what came in the newest stretch, the share that is older
 * than what comes usually is.
 *
 * @param age see `settledAge`
 */
export function judgeLateness(subject: string, history: BucketHistory, age: number): HealthCheck {
  const check = { subject, check: 'lateness' as const };
  const comparables = comparablesOf(history, age);
  const late = durationText((age + 1) * history.widthMs);
  const share = (ago: number) => {
    const { rows, late: hits } = history.arrived(ago, age);
    return { rows, hits };
  };
  // arrivals of buckets in a row are all there is: what came a day ago is looked at days later only
  const agos = Array.from({ length: ADJACENT - MAX_AGE - 1 }, (_, i) => i + 1).filter((ago) => history.isLive(ago));
  const foretold = agos.map((bucket) => ({ bucket, peers: agos.filter((other) => other !== bucket) }));
  const of = share(0);
  const judged =
    comparables === null ? null : judgeShare(of, { peers: agos, lastWeeks: [], foretold }, share, MIN_JUMP);
  if (judged === null) {
    const because = `${subject}: ${of.rows} rows came lately; too few, or too little history, to tell how late they usually come`;
    return { ...check, outcome: 'not-computable', because, seen: null, limit: null };
  }
  const { seen, typical, limit } = judged;
  const told = `${subject}: ${shareText(seen)} of ${of.rows} rows that came in the last ${durationText(history.widthMs)} tell of events more than about ${late} before, where ${shareText(typical)} is usual`;
  return judged.isTooHigh
    ? { ...check, outcome: 'unhealthy', because: `${told}; more than ${shareText(limit)} is too much`, seen, limit }
    : { ...check, outcome: 'healthy', because: told, seen, limit };
}
