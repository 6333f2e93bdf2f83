import { durationText } from '../duration-text.ts';
import { isoInstant } from '../iso-instant.ts';
import type { HealthCheck } from './health-check.ts';

export interface ViewAge {
  readonly view: string;
  /** What the definition promises; null when it promises nothing. */
  readonly freshnessMs: number | null;
  /** Event time of the newest event that is served (`newestServedMs`); null when nothing is online. */
  readonly newestMs: number | null;
}

/** Whether the newest event that a view serves is as young as its definition promises. */
export function judgeViewAge({ view, freshnessMs, newestMs }: ViewAge, atMs: number): HealthCheck {
  const subject = `feature view ${view}`;
  const check = { subject, check: 'freshness' as const, limit: freshnessMs };
  if (newestMs === null) {
    const because = `${subject}: nothing of it is online`;
    return { ...check, outcome: freshnessMs === null ? 'not-computable' : 'unhealthy', because, seen: null };
  }
  const seen = Math.max(0, atMs - newestMs);
  const told = `${subject}: the newest event that it serves is of ${isoInstant(newestMs)}`;
  if (freshnessMs === null) {
    return { ...check, outcome: 'not-computable', because: `${told}; its definition promises no freshness`, seen };
  }
  const promise = `${durationText(freshnessMs)} are promised`;
  return seen > freshnessMs
    ? {
        ...check,
        outcome: 'unhealthy',
        because: `${told}, ${Math.round(seen / 1000)} s before the scan; at most ${promise}`,
        seen,
      }
    : { ...check, outcome: 'healthy', because: `${told}; ${promise}`, seen };
}
