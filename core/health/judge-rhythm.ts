import { durationText } from '../duration-text.ts';
import { isoInstant } from '../iso-instant.ts';
import type { HealthCheck } from './health-check.ts';
import { ADJACENT, type BucketHistory, MAX_AGE } from './source-buckets.ts';

const MIN_HISTORY = 8;
/** A pause of so many times the longest before it, and a bucket, is none. */
const LONGER = 2;

/**
 * Whether a source has fallen silent: nothing for longer than it ever paused in the stretches before. A pause is counted as
 * it looked then, in buckets from each instant back to the newest row that had come.
 */
export function judgeRhythm(subject: string, history: BucketHistory): HealthCheck {
  const check = { subject, check: 'freshness' as const };
  const { widthMs, newest } = history;
  const newestEventMs = history.newestEventMs();
  if (newestEventMs === null) {
    const because = `${subject}: no row in the stretch that was looked at`;
    return { ...check, outcome: 'not-computable', because, seen: null, limit: null };
  }
  const pauses: number[] = [];
  for (let then = newest; then < newest + ADJACENT - MAX_AGE; then++) {
    if (history.isLive(then)) pauses.push(pauseAt(history, then));
  }
  if (pauses.length < MIN_HISTORY) {
    const because = `${subject}: it is watched for ${pauses.length} stretches of ${durationText(widthMs)}; ${MIN_HISTORY} are needed to know its rhythm`;
    return { ...check, outcome: 'not-computable', because, seen: null, limit: null };
  }
  const longest = Math.max(...pauses);
  const limit = (LONGER * longest + 1) * widthMs;
  const seen = history.atMs - newestEventMs;
  const pause =
    longest === 0 ? 'there never was a pause' : `the longest pause before was ${durationText(longest * widthMs)}`;
  const told = `${subject}: its newest row is of ${isoInstant(newestEventMs)}`;
  if (newest * widthMs > limit) {
    const because = `${told}, ${durationText(newest * widthMs)} or more before the scan, and ${pause}`;
    return { ...check, outcome: 'unhealthy', because, seen, limit };
  }
  return { ...check, outcome: 'healthy', because: `${told}; ${pause}`, seen, limit };
}

/** Buckets without a row from an instant back, as it was known then. */
function pauseAt(history: BucketHistory, then: number): number {
  let pause = 0;
  while (pause < ADJACENT && history.seen(then + pause, pause).rows === 0) pause++;
  return pause;
}
