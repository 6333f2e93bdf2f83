import { bucketText, shareText } from './bucket-text.ts';
import { comparablesOf } from './comparable-buckets.ts';
import type { HealthCheck } from './health-check.ts';
import { judgeShare } from './judge-share.ts';
import type { BucketHistory } from './source-buckets.ts';

/** A smaller rise of the share of missing values is drift, if anything. */
const MIN_JUMP = 0.05;
/** Of columns that have gone missing, in one sentence. */
const MAX_NAMED = 5;

/**
 * Whether values are missing that used to be there: one check for all columns of a source, which names those that it is about.
 *
 * @param age see `settledAge`
 */
export function judgeNulls(
  subject: string,
  history: BucketHistory,
  columns: readonly string[],
  age: number,
): HealthCheck {
  const check = { subject, check: 'nulls' as const };
  const comparables = comparablesOf(history, age);
  const judged = columns.flatMap((column) => {
    const share = (bucket: number) => {
      const { rows, nulls } = history.seen(bucket, age);
      return { rows, hits: nulls[column] ?? 0 };
    };
    const found = comparables === null ? null : judgeShare(share(age), comparables, share, MIN_JUMP);
    return found === null ? [] : [{ column, ...found }];
  });
  if (judged.length === 0) {
    const because = `${subject}: too few rows in ${bucketText(history, age)}, or before it, to tell which share of values is usually missing`;
    return { ...check, outcome: 'not-computable', because, seen: null, limit: null };
  }
  const worst = judged.reduce((a, b) => (b.seen - b.limit > a.seen - a.limit ? b : a));
  const bad = judged.filter(({ isTooHigh }) => isTooHigh);
  const { seen, limit } = worst;
  if (bad.length === 0) {
    const because = `${subject}: no column of ${judged.length} lacks more values than usual in ${bucketText(history, age)}`;
    return { ...check, outcome: 'healthy', because, seen, limit };
  }
  const named = bad
    .slice(0, MAX_NAMED)
    .map(
      (one) =>
        `${one.column} (${shareText(one.seen)}, where ${shareText(one.typical)} is usual and ${shareText(one.limit)} the limit)`,
    );
  const more = bad.length > MAX_NAMED ? ` and ${bad.length - MAX_NAMED} more` : '';
  const because = `${subject}: values are missing in ${bucketText(history, age)}: ${named.join(', ')}${more}`;
  return { ...check, outcome: 'unhealthy', because, seen, limit };
}
