import { auc } from '../../../core/metrics/auc.ts';
import type { SentVisit } from '../traffic/traffic-message.ts';

/** Requests of one release (null: nobody answered) and status. */
export interface ReleaseStatus {
  readonly releaseId: string | null;
  readonly status: number;
  readonly requests: number;
}

/** How many requests came to what, the most frequent first. */
export function byReleaseAndStatus(visits: readonly SentVisit[]): readonly ReleaseStatus[] {
  const groups = new Map<string, { releaseId: string | null; status: number; requests: number }>();
  for (const { releaseId, status } of visits) {
    const key = `${status} ${releaseId ?? ''}`;
    const group = groups.get(key) ?? { releaseId, status, requests: 0 };
    group.requests++;
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.requests - a.requests);
}

export function failedOf(visits: readonly SentVisit[]): readonly SentVisit[] {
  return visits.filter(({ status }) => status !== 200);
}

/** The reasons that failed requests were given, each once. */
export function failuresOf(visits: readonly SentVisit[]): readonly string[] {
  return [...new Set(failedOf(visits).map(({ status, error }) => `${status} ${error ?? ''}`))];
}

/** Visits sent at or after an instant (and before another). */
export function sentBetween(visits: readonly SentVisit[], fromMs: number, toMs = Number.POSITIVE_INFINITY) {
  return visits.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs < toMs);
}

/**
 * Area under the curve of the answers, by what became of the visits.
 *
 * @returns null unless there were purchases and visits without one
 */
export function aucOf(visits: readonly SentVisit[]): number | null {
  const scored = visits.flatMap(({ score, bought }) => (score === null ? [] : [{ score, bought }]));
  return auc(
    scored.map(({ bought }) => (bought ? 1 : 0)),
    scored.map(({ score }) => score),
  );
}

/** Milliseconds that so large a share of the requests did not exceed; null for no requests. */
export function latencyQuantile(visits: readonly SentVisit[], share: number): number | null {
  const sorted = Float64Array.from(visits, ({ tookMs }) => tookMs).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** Requests per second of the last `seconds` whole seconds before an instant, oldest first. */
export function perSecond(visits: readonly SentVisit[], nowMs: number, seconds: number): readonly number[] {
  const counts = new Array<number>(seconds).fill(0);
  const fromMs = nowMs - seconds * 1000;
  for (let i = visits.length - 1; i >= 0; i--) {
    const { sentAtMs } = visits[i]!;
    if (sentAtMs < fromMs - 30_000) break; // they are in the order of their answers, nearly that of the sending
    const second = Math.floor((sentAtMs - fromMs) / 1000);
    if (second >= 0 && second < seconds) counts[second]!++;
  }
  return counts;
}

/** Share of the values in each bin; bin i holds edges[i - 1] <= x < edges[i], the first and the last are open. */
export function binShares(values: readonly number[], edges: readonly number[]): readonly number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    const bin = edges.findIndex((edge) => value < edge);
    counts[bin === -1 ? edges.length : bin]!++;
  }
  return counts.map((count) => (values.length === 0 ? 0 : count / values.length));
}
