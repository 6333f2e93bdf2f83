import type { Region } from '../../service.ts';
import type { JsonStore } from '../../state/json-store.ts';

export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  /** Any order; a metric is another one with every other set. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What one second, or after three hours one minute, has seen. */
export interface Bucket {
  /** Epoch seconds; the bucket begins here. */
  readonly startS: number;
  readonly sum: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** How often each value came, for percentiles; empty when only statistics were sent. */
  readonly values: Readonly<Record<string, number>>;
}

export interface Sample {
  readonly atMs: number;
  readonly unit?: string | undefined;
  readonly sum: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly (readonly [value: number, count: number])[];
}

interface Series {
  readonly id: MetricId;
  unit?: string | undefined;
  readonly buckets: Map<number, Bucket>;
}

const SERIES = 'series';
/** As on AWS: fine grain for three hours, minutes for fifteen days. */
const FINE_SECONDS = 3 * 3_600;
const COARSE_SECONDS = 15 * 86_400;
/** A bucket with more values than this rounds them to three digits. */
const MAX_EXACT_VALUES = 500;

/** Metric data, in memory to be read and on disk to be found again. */
export class MetricStore {
  readonly #region: Region;
  readonly #store: JsonStore;
  readonly #series = new Map<string, Series>();

  constructor(region: Region) {
    this.#region = region;
    this.#store = region.store('monitoring');
    for (const { key, value } of this.#store.list<{ id: MetricId; unit?: string }>(SERIES)) {
      const buckets = this.#store.list<Bucket>(`data ${key}`).map(({ value: bucket }) => bucket);
      this.#series.set(key, { ...value, buckets: new Map(buckets.map((bucket) => [bucket.startS, bucket])) });
    }
  }

  add(id: MetricId, sample: Sample): void {
    const key = keyOf(id);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { id, unit: sample.unit, buckets: new Map() };
      this.#series.set(key, series);
      this.#store.put(SERIES, key, { id, unit: sample.unit });
    }
    const startS = Math.floor(sample.atMs / 1000);
    this.#put(key, series, merge(series.buckets.get(startS), { ...sample, startS, values: tally(sample.values) }));
  }

  /** Buckets that begin in the window, `from` inside and `to` outside, oldest first. */
  buckets(id: MetricId, fromMs: number, toMs: number): Bucket[] {
    const series = this.#series.get(keyOf(id));
    if (series === undefined) return [];
    return [...series.buckets.values()]
      .filter(({ startS }) => startS * 1000 >= fromMs && startS * 1000 < toMs)
      .sort((a, b) => a.startS - b.startS);
  }

  all(): readonly { readonly id: MetricId; readonly unit?: string | undefined }[] {
    return [...this.#series.values()];
  }

  unitOf(id: MetricId): string | undefined {
    return this.#series.get(keyOf(id))?.unit;
  }

  /** Folds what is older than three hours into minutes and drops what is older than fifteen days. */
  prune(): void {
    const nowS = this.#region.clock.now().getTime() / 1000;
    for (const [key, series] of this.#series) {
      for (const bucket of [...series.buckets.values()]) {
        const minuteS = Math.floor(bucket.startS / 60) * 60;
        if (bucket.startS < nowS - COARSE_SECONDS) this.#remove(key, series, bucket);
        else if (bucket.startS < nowS - FINE_SECONDS && bucket.startS !== minuteS) {
          this.#remove(key, series, bucket);
          this.#put(key, series, merge(series.buckets.get(minuteS), { ...bucket, startS: minuteS }));
        }
      }
    }
  }

  #put(key: string, series: Series, bucket: Bucket): void {
    series.buckets.set(bucket.startS, bucket);
    this.#store.put(`data ${key}`, String(bucket.startS), bucket);
  }

  #remove(key: string, series: Series, bucket: Bucket): void {
    series.buckets.delete(bucket.startS);
    this.#store.delete(`data ${key}`, String(bucket.startS));
  }
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function tally(values: Sample['values']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [value, count] of values) counts[value] = (counts[value] ?? 0) + count;
  return counts;
}

/** One bucket out of several; also how buckets become a period. */
export function merge(into: Bucket | undefined, more: Bucket): Bucket {
  const { startS, sum, count, min, max, values } = more;
  if (into === undefined) return { startS, sum, count, min, max, values: { ...values } };
  const merged: Record<string, number> = { ...into.values };
  const isCrowded = Object.keys(merged).length >= MAX_EXACT_VALUES;
  for (const [value, times] of Object.entries(values)) {
    const kept = isCrowded ? Number(Number(value).toPrecision(3)) : value;
    merged[kept] = (merged[kept] ?? 0) + times;
  }
  return {
    startS: into.startS,
    sum: into.sum + sum,
    count: into.count + count,
    min: Math.min(into.min, min),
    max: Math.max(into.max, max),
    values: merged,
  };
}
