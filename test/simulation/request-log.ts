import type { CountSpec } from '../../core/rollout/count-spec.ts';
import { latencyBin } from '../../core/rollout/observations.ts';
import type { CountRow } from '../../core/rollout/read-counts.ts';

/** A line of the prediction log, as far as rollouts are judged by it. */
export interface LoggedRequest {
  readonly predictionId: string;
  readonly unit: string;
  readonly atMs: number;
  /** When a query can see it. */
  readonly visibleAtMs: number;
  readonly rolloutId: string | null;
  readonly share: number | null;
  readonly arm: 'champion' | 'challenger';
  readonly releaseId: string;
  /** Who was to answer and failed, so that the other arm did. */
  readonly failedReleaseId: string | null;
  readonly error: string | null;
  readonly latencyMs: number | null;
  readonly score: number | null;
  readonly missing: number | null;
  readonly shadow: ShadowAnswer | null;
}

export interface ShadowAnswer {
  readonly releaseId: string;
  /** Name of its error, or `late`. */
  readonly error: string | null;
  readonly latencyMs: number;
  readonly score: number | null;
}

interface LoggedOutcome {
  readonly predictionId: string;
  readonly value: number;
  readonly recordedAtMs: number;
}

const DECISION_THRESHOLD = 0.5;

/** The prediction log and what is counted in it: `rolloutCountsSql` said in loops, without a database. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = [];
  readonly #outcomes = new Map<string, LoggedOutcome>();

  add(request: LoggedRequest): void {
    this.#requests.push(request);
  }

  addOutcome(outcome: LoggedOutcome): void {
    this.#outcomes.set(outcome.predictionId, outcome);
  }

  count(spec: CountSpec, nowMs: number): readonly CountRow[] {
    const counts = new LongCounts();
    const requests = this.#window(spec, nowMs);
    if (spec.kind === 'canary') this.#countCanary(spec, requests, counts);
    else countShadow(spec, requests, counts);
    return counts.rows();
  }

  #window({ fromMs, toMs }: CountSpec, nowMs: number): LoggedRequest[] {
    const seen = new Set<string>();
    const found = this.#requests.filter(({ atMs, visibleAtMs, predictionId }) => {
      if (atMs < fromMs || atMs >= toMs || visibleAtMs > nowMs || seen.has(predictionId)) return false;
      seen.add(predictionId);
      return true;
    });
    return found.sort((a, b) => a.atMs - b.atMs || (a.predictionId < b.predictionId ? -1 : 1));
  }

  #countCanary(spec: CountSpec & { kind: 'canary' }, requests: readonly LoggedRequest[], counts: LongCounts): void {
    const [units, answered] = [new Set<string>(), new Set<string>()];
    for (const request of requests) {
      const releaseId = request.failedReleaseId ?? request.releaseId;
      if (!isCounted(spec, request, releaseId)) continue;
      const isFailed = request.failedReleaseId !== null || request.error !== null;
      const who = `${releaseId} ${request.unit}`;
      counts.add(releaseId, 'requests');
      if (!units.has(who)) counts.add(releaseId, 'units');
      units.add(who);
      if (isFailed) {
        counts.add(releaseId, 'failed');
        continue;
      }
      if (request.latencyMs !== null) counts.add(releaseId, 'latency', latencyBin(request.latencyMs));
      if (answered.has(who)) continue;
      answered.add(who);
      if (request.score !== null) counts.add(releaseId, 'score', binOf(request.score, spec.cuts));
      if (request.missing !== null) counts.add(releaseId, 'missing', 0, request.missing);
      const outcome = this.#outcomes.get(request.predictionId);
      if (outcome !== undefined && outcome.recordedAtMs < spec.toMs) {
        counts.add(releaseId, 'outcome', 0, outcome.value);
      }
    }
  }
}

/** Those who were drawn by the route of this step, in the roles that the releases have in it. */
function isCounted(
  { challenger, releases, rolloutId }: CountSpec & { kind: 'canary' },
  request: LoggedRequest,
  releaseId: string,
): boolean {
  const otherArm = request.arm === 'champion' ? 'challenger' : 'champion';
  const role = request.failedReleaseId === null ? request.arm : otherArm;
  if (challenger === null) return request.share === null && releaseId === releases.candidate && role === 'champion';
  if (request.rolloutId !== rolloutId || request.share !== challenger.share) return false;
  const isChallenger = releaseId === releases[challenger.is];
  return isChallenger ? role === 'challenger' : role === 'champion' && isOneOf(releaseId, releases);
}

function isOneOf(releaseId: string, { baseline, candidate }: CountSpec['releases']): boolean {
  return releaseId === baseline || releaseId === candidate;
}

function countShadow(
  { rolloutId, releases: { baseline, candidate }, cuts }: CountSpec,
  requests: readonly LoggedRequest[],
  counts: LongCounts,
): void {
  const paired = new Set<string>();
  for (const request of requests) {
    const { shadow } = request;
    if (request.rolloutId !== rolloutId || request.releaseId !== baseline || shadow?.releaseId !== candidate) continue;
    counts.add(candidate, 'requests');
    if (request.error !== null) counts.add(baseline, 'failed');
    else if (request.latencyMs !== null) counts.add(baseline, 'latency', latencyBin(request.latencyMs));
    if (shadow.error !== null) counts.add(candidate, shadow.error === 'late' ? 'late' : 'failed');
    if (shadow.error === null || shadow.error === 'late')
      counts.add(candidate, 'latency', latencyBin(shadow.latencyMs));
    const isPair = request.error === null && shadow.error === null;
    if (!isPair || paired.has(request.unit) || request.score === null || shadow.score === null) continue;
    paired.add(request.unit);
    counts.add(candidate, 'pairs');
    counts.add(baseline, 'score', binOf(request.score, cuts));
    counts.add(candidate, 'score', binOf(shadow.score, cuts));
    for (const side of [baseline, candidate])
      if (request.missing !== null) counts.add(side, 'missing', 0, request.missing);
    if (request.score >= DECISION_THRESHOLD !== shadow.score >= DECISION_THRESHOLD) counts.add(candidate, 'flips');
    counts.add(candidate, 'difference', 0, Math.abs(shadow.score - request.score));
  }
}

/** How many of the cuts lie below a score. */
function binOf(score: number, cuts: readonly number[]): number {
  return cuts.filter((cut) => score > cut).length;
}

interface Sums {
  n: number;
  total: number;
  squares: number;
}

class LongCounts {
  readonly #sums = new Map<string, Map<string, Map<number, Sums>>>();

  add(releaseId: string, measure: string, bin = 0, value = 0): void {
    const ofRelease = entry(this.#sums, releaseId, () => new Map());
    const ofMeasure = entry(ofRelease, measure, () => new Map<number, Sums>());
    const sums = entry(ofMeasure, bin, () => ({ n: 0, total: 0, squares: 0 }));
    sums.n++;
    sums.total += value;
    sums.squares += value * value;
  }

  rows(): readonly CountRow[] {
    const rows: CountRow[] = [];
    for (const [release_id, measures] of this.#sums) {
      for (const [measure, bins] of measures) {
        for (const [bin, sums] of bins) rows.push({ release_id, measure, bin, ...sums });
      }
    }
    return rows;
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key) ?? make();
  map.set(key, there);
  return there;
}
