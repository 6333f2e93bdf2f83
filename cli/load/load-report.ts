import { countText, numberText, plural, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';

/** One request and what came of it. */
export interface SentRequest {
  /** ISO 8601. */
  readonly sentAt: string;
  /** 0 when nobody answered. */
  readonly status: number;
  /** Null for a request that failed. */
  readonly releaseId: string | null;
  readonly arm: string | null;
  readonly predictionId: string | null;
  readonly score: number | null;
  /** Name of the error; null for an answer. */
  readonly error: string | null;
  /** From when it was due until the answer was there. */
  readonly latencyMs: number;
}

export interface LoadReport {
  readonly model: string;
  readonly requests: number;
  readonly failed: number;
  /** Not sent, because too many were under way. */
  readonly skipped: number;
  readonly durationMs: number;
  /** Of all that were sent. */
  readonly latency: Quantiles;
  readonly groups: readonly LoadGroup[];
}

/** Requests with the same release, arm, status and error. */
export interface LoadGroup {
  readonly releaseId: string | null;
  readonly arm: string | null;
  readonly status: number;
  readonly error: string | null;
  readonly requests: number;
  readonly latency: Quantiles;
}

/** Milliseconds; null for no requests. */
export interface Quantiles {
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

/** Counts and latencies as they come in; memory grows by one number per request. */
export function loadTally(model: string) {
  const latenciesMs: number[] = [];
  const groups = new Map<string, { readonly of: SentRequest; readonly latenciesMs: number[] }>();
  let failed = 0;
  return {
    add(one: SentRequest): void {
      const key = JSON.stringify([one.releaseId, one.arm, one.status, one.error]);
      const group = groups.get(key) ?? { of: one, latenciesMs: [] };
      groups.set(key, group);
      group.latenciesMs.push(one.latencyMs);
      latenciesMs.push(one.latencyMs);
      if (one.error !== null) failed++;
    },
    counts: () => ({ requests: latenciesMs.length, failed }),
    report: (skipped: number, durationMs: number): LoadReport => ({
      model,
      requests: latenciesMs.length,
      failed,
      skipped,
      durationMs,
      latency: quantilesOf(latenciesMs),
      groups: [...groups.values()]
        .map(({ of: { releaseId, arm, status, error }, latenciesMs: own }) => ({
          releaseId,
          arm,
          status,
          error,
          requests: own.length,
          latency: quantilesOf(own),
        }))
        .sort((a, b) => b.requests - a.requests),
    }),
  };
}

/** The smallest latency that so many of the requests did not exceed. */
function quantilesOf(latenciesMs: readonly number[]): Quantiles {
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (share: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
    return value === undefined ? null : Math.round(value * 100) / 100;
  };
  return { p50Ms: at(0.5), p90Ms: at(0.9), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}

export function loadLines({ requests, failed, skipped, durationMs, latency, groups }: LoadReport): readonly string[] {
  const perSecond = numberText((requests * 1000) / Math.max(1, durationMs));
  const rows = groups.map((group) => [
    group.releaseId === null ? '-' : shortId(group.releaseId),
    group.arm ?? '-',
    group.status === 0 ? 'no answer' : String(group.status),
    group.error ?? '',
    countText(group.requests),
    ...quantileCells(group.latency),
  ]);
  const all = ['all', '', '', '', countText(requests), ...quantileCells(latency)];
  return [
    `${plural(requests, 'request')} at ${perSecond} per second, ${countText(failed)} failed`,
    ...(skipped === 0 ? [] : [`${countText(skipped)} more were not sent: too many were under way`]),
    ...tableLines(
      ['RELEASE', 'ARM', 'STATUS', 'ERROR', 'REQUESTS', 'P50 MS', 'P95 MS', 'P99 MS', 'MAX MS'],
      [...rows, all],
    ),
  ];
}

function quantileCells({ p50Ms, p95Ms, p99Ms, maxMs }: Quantiles): readonly string[] {
  return [p50Ms, p95Ms, p99Ms, maxMs].map((ms) => (ms === null ? '-' : ms.toFixed(1)));
}
