import type { ArmCounts } from '../../core/rollout/observations.ts';
import { normalQuantile } from '../../core/stats/normal-quantile.ts';
import { normalOf, RandomStream } from './random-stream.ts';

/** What the traffic of a model looks like; the same for both arms but for `Regression`. */
export interface TrafficShape {
  readonly requestsPerMinute: number;
  readonly entities: number;
  /** Whether what depends on the entity is counted once for each, or with every request. */
  readonly countedBy: 'unit' | 'request';
}

/** How the candidate is worse. */
export interface Regression {
  /** Added to the share of failed requests. */
  readonly errors: number;
  /** Factor on latency. */
  readonly latency: number;
  /** Largest gap of the score distributions (Kolmogorov-Smirnov). */
  readonly predictions: number;
  /** Taken from the mean of the outcome. */
  readonly outcome: number;
}

export const NO_REGRESSION: Regression = { errors: 0, latency: 1, predictions: 0, outcome: 0 };

/** What one arm did in one minute, as a dashboard shows it; null where there was nothing. */
export interface Minute {
  readonly requests: number;
  readonly errorRatio: number | null;
  readonly p95Ms: number | null;
  readonly meanScore: number | null;
  readonly meanOutcome: number | null;
}

/** 95th percentile of the latency under the usual load, as an operator would read it off a dashboard. */
export const USUAL_P95_MS = 29.2;

const BINS = 640;
const LOG_RATIO = Math.log(1.02);
const LOG_SMALLEST = Math.log(0.1);
const LOG_MEDIAN = Math.log(12);
const SPREAD = 0.45;
/** Share of the requests that go a slow way (a cold cache), and how much slower it is. */
const SLOW_SHARE = 0.03;
const LOG_SLOW = Math.log(4);
const MISSING_RATIO = 0.1;
const OUTCOME_RATIO = 0.3;
const OUTCOME_ARRIVES = 0.6;
const OUTCOME_DELAY_MINUTES = 10;
const LONGEST_DELAY_MINUTES = 60;
const CUTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map(normalQuantile);

/**
 * Requests of one model, a minute at a time. Entities come back (the busiest hundredth makes a tenth of the requests), each has
 * its own score, missing inputs and inclination to a good outcome; both arms share the load of the minute, which wanders and
 * makes them slower and faster together. Outcomes arrive for three in five entities, ten minutes later on average.
 */
export class Traffic {
  private readonly random: RandomStream;
  private readonly buckets: Float32Array;
  private readonly scores: Float32Array;
  private readonly missingShares: Float32Array;
  private readonly seenIn: Uint8Array;
  private readonly baseErrorRatio: number;
  private readonly candidateErrorRatio: number;
  private readonly scoreShift: number;
  private readonly logSlower: number;
  private phase = 0;
  private load = 0;
  private minute = 0;
  private arms: readonly [Arm, Arm] = [new Arm(), new Arm()];
  private readonly shape: TrafficShape;
  private readonly regression: Regression;

  constructor(seed: number, shape: TrafficShape, regression: Regression) {
    this.shape = shape;
    this.regression = regression;
    this.random = new RandomStream(seed);
    this.buckets = new Float32Array(shape.entities);
    this.scores = new Float32Array(shape.entities);
    this.missingShares = new Float32Array(shape.entities);
    this.seenIn = new Uint8Array(shape.entities);
    for (let entity = 0; entity < shape.entities; entity++) {
      const bits = this.random.bits();
      this.buckets[entity] = this.random.uniform();
      this.scores[entity] = normalOf(bits & 0xffff);
      this.missingShares[entity] = (bits >>> 16) / 65536 < MISSING_RATIO ? 0.25 : 0;
    }
    // From one request in a thousand to one in a hundred, every size alike.
    this.baseErrorRatio = 0.001 * 10 ** this.random.uniform();
    this.candidateErrorRatio = this.baseErrorRatio + regression.errors;
    // Two normals this far apart have the gap midway between their means.
    this.logSlower = Math.log(regression.latency);
    this.scoreShift = 2 * normalQuantile(0.5 + regression.predictions / 2);
  }

  /** A new step begins: everything is counted from here. */
  beginPhase(): void {
    this.phase++;
    this.arms = [new Arm(), new Arm()];
  }

  /** Requests of the next minute, of which the candidate answers those of a share of the entities. */
  next(share: number): { readonly baseline: Minute; readonly candidate: Minute } {
    this.minute++;
    this.load = 0.9 * this.load + 0.05 * this.random.normal();
    for (const arm of this.arms) arm.beginMinute(this.minute);
    const { requestsPerMinute } = this.shape;
    const count = Math.max(0, Math.round(requestsPerMinute + Math.sqrt(requestsPerMinute) * this.random.normal()));
    for (let i = 0; i < count; i++) this.request(share);
    const [baseline, candidate] = this.arms;
    return { baseline: baseline.minuteSeen(), candidate: candidate.minuteSeen() };
  }

  counts(): { readonly baseline: ArmCounts; readonly candidate: ArmCounts } {
    const [baseline, candidate] = this.arms;
    return { baseline: baseline.counts('baseline'), candidate: candidate.counts('candidate') };
  }

  private request(share: number): void {
    const { random, regression, shape } = this;
    const draw = random.uniform();
    const entity = Math.floor(shape.entities * draw * draw);
    const isCandidate = this.buckets[entity]! < share;
    const arm = this.arms[isCandidate ? 1 : 0];
    const bits = random.bits();
    const isFailed = (bits >>> 16) / 65536 < (isCandidate ? this.candidateErrorRatio : this.baseErrorRatio);
    const isSlow = random.uniform() < SLOW_SHARE;
    const logMs = LOG_MEDIAN + this.load + SPREAD * normalOf(bits & 0xffff) + (isSlow ? LOG_SLOW : 0);
    const isFirst = this.seenIn[entity] !== this.phase;
    arm.request(isFailed, logMs + (isCandidate ? this.logSlower : 0), isFirst);
    if (isFirst) this.seenIn[entity] = this.phase;
    if (isFailed || !(isFirst || shape.countedBy === 'request')) return;
    arm.answer(this.scores[entity]! + (isCandidate ? this.scoreShift : 0), this.missingShares[entity]!);
    if (random.uniform() >= OUTCOME_ARRIVES) return;
    const delay = Math.min(LONGEST_DELAY_MINUTES, Math.ceil(-OUTCOME_DELAY_MINUTES * Math.log(1 - random.uniform())));
    const good = OUTCOME_RATIO + 0.05 * this.scores[entity]! - (isCandidate ? regression.outcome : 0);
    arm.outcomeDue(this.minute + delay, random.uniform() < good);
  }
}

/** Counts of one arm since the step began. */
class Arm {
  private requests = 0;
  private failed = 0;
  private units = 0;
  private readonly latency = new Int32Array(BINS);
  private readonly scores = new Array<number>(CUTS.length + 1).fill(0);
  private missing = { n: 0, sum: 0, sumSquares: 0 };
  private outcome = { n: 0, sum: 0 };
  private readonly due = new Map<number, { n: number; sum: number }>();
  private inMinute = {
    requests: 0,
    failed: 0,
    latency: new Int32Array(BINS),
    scores: 0,
    scoreSum: 0,
    outcome: { n: 0, sum: 0 },
  };

  beginMinute(minute: number): void {
    const outcome = this.due.get(minute) ?? { n: 0, sum: 0 };
    this.due.delete(minute);
    this.outcome.n += outcome.n;
    this.outcome.sum += outcome.sum;
    this.inMinute = { ...this.inMinute, requests: 0, failed: 0, scores: 0, scoreSum: 0, outcome };
    this.inMinute.latency.fill(0);
  }

  request(isFailed: boolean, logMs: number, isFirst: boolean): void {
    this.requests++;
    this.inMinute.requests++;
    if (isFirst) this.units++;
    if (isFailed) {
      this.failed++;
      this.inMinute.failed++;
      return;
    }
    const bin = Math.max(0, Math.ceil((logMs - LOG_SMALLEST) / LOG_RATIO));
    this.latency[bin]!++;
    this.inMinute.latency[bin]!++;
  }

  answer(score: number, missingShare: number): void {
    let bin = 0;
    while (bin < CUTS.length && score > CUTS[bin]!) bin++;
    this.scores[bin]!++;
    this.missing.n++;
    this.missing.sum += missingShare;
    this.missing.sumSquares += missingShare * missingShare;
    this.inMinute.scores++;
    this.inMinute.scoreSum += score;
  }

  outcomeDue(minute: number, isGood: boolean): void {
    const due = this.due.get(minute) ?? { n: 0, sum: 0 };
    due.n++;
    if (isGood) due.sum++;
    this.due.set(minute, due);
  }

  minuteSeen(): Minute {
    const { requests, failed, scores, scoreSum, outcome } = this.inMinute;
    return {
      requests,
      errorRatio: requests === 0 ? null : failed / requests,
      p95Ms: quantileMs(this.inMinute.latency, requests - failed, 0.95),
      meanScore: scores === 0 ? null : scoreSum / scores,
      meanOutcome: outcome.n === 0 ? null : outcome.sum / outcome.n,
    };
  }

  counts(releaseId: string): ArmCounts {
    const latency: { bin: number; n: number }[] = [];
    for (let bin = 0; bin < BINS; bin++) if (this.latency[bin]! > 0) latency.push({ bin, n: this.latency[bin]! });
    return {
      releaseId: releaseId as ArmCounts['releaseId'], // only named in reports
      units: this.units,
      requests: this.requests,
      failed: this.failed,
      latency,
      scores: [...this.scores],
      missing: { ...this.missing },
      outcome: { ...this.outcome, sumSquares: this.outcome.sum },
    };
  }
}

function quantileMs(bins: Int32Array, n: number, quantile: number): number | null {
  let below = 0;
  for (let bin = 0; bin < bins.length; bin++) {
    below += bins[bin]!;
    if (n > 0 && below >= quantile * n) return 0.1 * 1.02 ** bin;
  }
  return null;
}
