import type { Random } from '../../../core/clock.ts';
import { DAY_MS } from '../../../core/clock.ts';
import { type BucketCount, MAX_DELAY, type SourceBuckets } from '../../../core/health/source-buckets.ts';
import { standardNormal } from '../../../core/stats/seeded-random.ts';

export const AT_MS = Date.UTC(2026, 2, 4, 9, 30);

/** A pipeline as it may be: how many rows an event day has, how late they come, how often a value is missing. */
export interface SimulatedSource {
  readonly widthMs?: number;
  readonly buckets?: number;
  /** Mean rows of a bucket, by how many buckets ago. */
  readonly mean: (ago: number) => number;
  /** Negative binomial: variance = mean + mean² / size. Poisson when left out. */
  readonly size?: number;
  /** Share of a bucket's rows that come so many buckets after its end. */
  readonly delays?: readonly number[];
  readonly nullShare?: (ago: number) => number;
  /** Buckets since the first load, before which everything came as history at once. */
  readonly liveFor?: number;
}

/** What `healthCountsSql` would count of it at one instant. */
export function simulated(source: SimulatedSource, random: Random): SourceBuckets {
  const { widthMs = DAY_MS, buckets = 43, delays = [1], nullShare = () => 0, liveFor = 400 } = source;
  const firstLoadMs = AT_MS - liveFor * widthMs;
  const counts: BucketCount[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const endMs = AT_MS - bucket * widthMs;
    const total = draw(source.mean(bucket), source.size, random);
    const byDelay = shared(total, delays, random);
    byDelay.forEach((rows, delay) => {
      const loadMs = Math.max(firstLoadMs, delay === 0 ? endMs - widthMs / 2 : endMs + (delay - 0.5) * widthMs);
      if (rows === 0 || loadMs > AT_MS) return;
      const late = Math.min(MAX_DELAY, Math.max(0, Math.ceil((loadMs - endMs) / widthMs)));
      const nulls = { amount: binomial(rows, nullShare(bucket), random) };
      counts.push({ bucket, delay: late, rows, oldestLoadMs: loadMs, newestEventMs: endMs - 1, nulls });
    });
  }
  return { atMs: AT_MS, widthMs, counts };
}

/** A weekend of a fifth of the traffic. */
export function weekly(weekday: number, weekend: number): (ago: number) => number {
  return (ago) => ([0, 6].includes(new Date(AT_MS - ago * DAY_MS - DAY_MS / 2).getUTCDay()) ? weekend : weekday);
}

function shared(total: number, delays: readonly number[], random: Random): readonly number[] {
  let left = total;
  let leftShare = 1;
  return delays.map((share) => {
    const rows = binomial(left, Math.min(1, share / leftShare), random);
    left -= rows;
    leftShare -= share;
    return rows;
  });
}

function draw(mean: number, size: number | undefined, random: Random): number {
  return poisson(size === undefined ? mean : (mean / size) * gamma(size, random), random);
}

function poisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * standardNormal(random)));
  const floor = Math.exp(-mean);
  let k = 0;
  for (let p = random(); p > floor; p *= random()) k++;
  return k;
}

function binomial(n: number, p: number, random: Random): number {
  if (p <= 0 || p >= 1) return p <= 0 ? 0 : n;
  if (n * p * (1 - p) > 50) {
    const drawn = Math.round(n * p + Math.sqrt(n * p * (1 - p)) * standardNormal(random));
    return Math.min(n, Math.max(0, drawn));
  }
  let k = 0;
  for (let i = 0; i < n; i++) if (random() < p) k++;
  return k;
}

/** Source: Marsaglia and Tsang (2000), for shapes at or above 1. */
function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
