import type { GateDefinition } from '../definitions/model.ts';
import { binomialQuantile } from '../stats/binomial-quantile.ts';
import type { Evidence, Verdict } from './verdict.ts';

export type LatencyGate = Extract<GateDefinition, { kind: 'latency' }>;

/** Milliseconds from when a request was to be sent until its answer was there; null where nobody answered at all. */
export interface LatencySummary {
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

/** What a replay measured. */
export interface ReplayedRequests {
  /** Of the answered ones, ascending, from when each was due. */
  readonly latenciesMs: Float64Array;
  /** The same without what the sender was late by itself. */
  readonly promptMs: Float64Array;
  readonly failed: number;
}

/** Probability that the interval of the quantile does not hold it; two-sided. */
const ALPHA = 0.05;
/** Looking further ahead than this says nothing a reader could act on. */
const MOST_REQUESTS = 1e6;

/**
 * The quantile of the latency lies at or below the limit. Its interval is between two order statistics, whatever the
 * distribution; requests that failed count as slower than every answer. Passes when the upper end is within the limit,
 * fails when the lower end is beyond it; in between, and below `minRequests`, it is inconclusive and says how many
 * requests would settle it at the present share of slow ones.
 *
 * A failure that would be none without the sender's own delays is inconclusive too: it says more about the sender.
 *
 * Source: David & Nagaraja (2003), Order Statistics, 7.1: P(X_(r) <= quantile < X_(s)) is a binomial probability.
 */
export function judgeLatency(gate: LatencyGate, { latenciesMs, promptMs, failed }: ReplayedRequests): Verdict {
  const verdict = judgeSample(gate, latenciesMs, failed);
  if (verdict.outcome !== 'fail' || judgeSample(gate, promptMs, failed).outcome === 'fail') return verdict;
  const because = `${verdict.because}; without the delays of the sender itself it would not fail, so it has to be measured again`;
  return { outcome: 'inconclusive', evidence: verdict.evidence, because };
}

function judgeSample(gate: LatencyGate, latenciesMs: Float64Array, failed: number): Verdict {
  const n = latenciesMs.length + failed;
  const metric = `p${shortPct(gate.quantile)} latency in ms at ${gate.requestsPerSecond} requests per second`;
  const limit = gate.atMostMs;
  if (n === 0) {
    const evidence: Evidence[] = [{ metric, observed: null, limit, rule: 'at-most', n }];
    return { outcome: 'inconclusive', evidence, because: `no request was sent; ${gate.minRequests} are needed` };
  }
  const at = (rank: number): number | null => (rank <= latenciesMs.length ? latenciesMs[rank - 1]! : null);
  const observed = at(Math.max(1, Math.ceil(n * gate.quantile)));
  const { low, high } = quantileRanks(n, gate.quantile);
  const [lowMs, highMs] = [low === null ? 0 : at(low), high === null ? null : at(high)];
  const note = `${failed} of ${n} requests failed and count as slower than every answer`;
  const measured: Evidence = {
    metric,
    observed,
    limit,
    rule: 'at-most',
    n,
    note,
    // an end that is no answer cannot be written as a number
    ...(lowMs !== null && highMs !== null && { interval: { low: lowMs, high: highMs, confidence: 1 - ALPHA } }),
  };
  const ends = `${(1 - ALPHA) * 100} % interval [${inMs(lowMs)}, ${high === null ? 'unknown' : inMs(highMs)}]`;
  const value = `${metric} is ${inMs(observed)}, ${ends}; ${note}`;
  const open = (needs: string, why: string): Verdict => ({
    outcome: 'inconclusive',
    evidence: [{ ...measured, needs }],
    because: `${value}; ${why}${needs}`,
  });
  if (n < gate.minRequests) {
    return open(`at least ${gate.minRequests} requests are needed, ${gate.minRequests - n} more`, '');
  }
  if (highMs !== null && highMs <= limit) return { outcome: 'pass', evidence: [measured] };
  if (lowMs === null || lowMs > limit) {
    return { outcome: 'fail', evidence: [measured], because: `${value}; at most ${limit} is allowed` };
  }
  const slow = (n - countUpTo(latenciesMs, limit)) / n;
  const needed = requestsToSettle(slow, gate.quantile, n);
  return open(
    needed === null
      ? 'no number of requests settles it at this share of slow ones'
      : `about ${needed} requests would settle it: send them for longer`,
    `that reaches past ${limit}, `,
  );
}

/**
 * Ranks (from 1) of the order statistics between which the quantile lies with probability of at least 0.95; null where
 * there are too few observations to have such an end.
 */
export function quantileRanks(
  n: number,
  quantile: number,
): { readonly low: number | null; readonly high: number | null } {
  const low = binomialQuantile(n, quantile, ALPHA / 2);
  const high = binomialQuantile(n, quantile, 1 - ALPHA / 2) + 1;
  return { low: low < 1 ? null : low, high: high > n ? null : high };
}

/** Requests from which on the interval would lie on one side, doubling and then halving; null when none would. */
function requestsToSettle(slow: number, quantile: number, from: number): number | null {
  const settles = (n: number): boolean => {
    const fast = n - Math.round(slow * n);
    const { low, high } = quantileRanks(n, quantile);
    return (high !== null && high <= fast) || (low !== null && low > fast);
  };
  let high = from;
  while (!settles(high)) {
    high *= 2;
    if (high > MOST_REQUESTS) return null;
  }
  let low = high / 2;
  while (high - low > Math.max(1, high / 100)) {
    const middle = Math.floor((low + high) / 2);
    if (settles(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high);
}

/** How many of the ascending numbers are at or below the limit. */
function countUpTo(ascending: Float64Array, limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inMs(ms: number | null): string {
  return ms === null ? 'no answer' : `${ms.toPrecision(4)} ms`;
}

function shortPct(quantile: number): string {
  return String(Number((quantile * 100).toPrecision(4)));
}
