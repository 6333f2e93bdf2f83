import { shareText } from './bucket-text.ts';
import type { HealthCheck } from './health-check.ts';

/** How often an input had no value when it was served: live, and in the rows that the model learned from. */
export interface ServedMissing {
  /** `view:feature`. */
  readonly column: string;
  /** Predictions that tell what they were served. */
  readonly rows: number;
  readonly liveShare: number;
  readonly referenceShare: number;
}

/** A smaller rise is drift of the missing share, which the drift test knows of. */
const MIN_JUMP = 0.2;
const MAX_DEVIATIONS = 6;
const MIN_ROWS = 30;
const MAX_NAMED = 5;

/**
 * Whether predictions are served without values that the model learned with: what no pipeline brought, or brought too late
 * for its time to live.
 */
export function judgeServed(columns: readonly ServedMissing[]): HealthCheck {
  const check = { subject: 'predictions', check: 'served-missing' as const };
  const judged = columns
    .filter(({ rows }) => rows >= MIN_ROWS)
    .map(({ column, rows, liveShare: seen, referenceShare }) => {
      const expected = Math.max(referenceShare, 1 / rows);
      const chance = Math.sqrt((expected * (1 - Math.min(1, expected))) / rows);
      return { column, seen, referenceShare, limit: referenceShare + Math.max(MIN_JUMP, MAX_DEVIATIONS * chance) };
    });
  if (judged.length === 0) {
    const because = `fewer than ${MIN_ROWS} predictions of the window tell what they were served`;
    return { ...check, outcome: 'not-computable', because, seen: null, limit: null };
  }
  const worst = judged.reduce((a, b) => (b.seen - b.limit > a.seen - a.limit ? b : a));
  const bad = judged.filter(({ seen, limit }) => seen > limit);
  const { seen, limit } = worst;
  if (bad.length === 0) {
    const because = `no input of ${judged.length} is missing much more often than in training`;
    return { ...check, outcome: 'healthy', because, seen, limit };
  }
  const named = bad
    .slice(0, MAX_NAMED)
    .map(
      (one) =>
        `${one.column} (${shareText(one.seen)} of the predictions, ${shareText(one.referenceShare)} in training)`,
    );
  const more = bad.length > MAX_NAMED ? ` and ${bad.length - MAX_NAMED} more` : '';
  return {
    ...check,
    outcome: 'unhealthy',
    because: `inputs are served without values: ${named.join(', ')}${more}`,
    seen,
    limit,
  };
}
