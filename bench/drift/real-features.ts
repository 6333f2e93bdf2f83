import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomStream } from '../judge/random-stream.ts';

/** All values that a feature can have, each as often as it is drawn. */
export type Feature =
  | { readonly name: string; readonly kind: 'numeric'; readonly sorted: Float64Array; readonly missing: number }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      /** Most frequent first. */
      readonly counts: readonly number[];
      readonly missing: number;
    };

type Column =
  | { readonly name: string; readonly kind: 'numeric'; readonly values: readonly (number | null)[] }
  | { readonly name: string; readonly kind: 'categorical'; readonly values: readonly (string | null)[] };

const ADULT =
  'age workclass fnlwgt education education-num marital-status occupation relationship race sex capital-gain capital-loss hours-per-week native-country'.split(
    ' ',
  );
/** Every so many rows of Online Retail are kept, for a quick start. */
const EVERY = 4;
const NUMBERS = new Set(['age', 'fnlwgt', 'education-num', 'capital-gain', 'capital-loss', 'hours-per-week']);

/**
 * Features made of real columns: each as it is, with noise, and in random pairs (sums of standardized numbers, categories
 * side by side). Null when the data sets are not there.
 *
 * @param folder with `adult` and `online_retail`
 */
export function realFeatures(folder: string, count: number, random: RandomStream): readonly Feature[] | null {
  const [adult, retail] = [
    join(folder, 'adult', 'adult.data.csv'),
    join(folder, 'online_retail', 'online_retail_2010-12_2011-01.csv'),
  ];
  if (!existsSync(adult) || !existsSync(retail)) return null;
  const sets = [adultColumns(adult), retailColumns(retail)];
  const real = sets.flat();
  const features = real.map(featureOf);
  for (let i = 0; features.length < count; i++) {
    const set = sets[i % 2]!;
    const pick = () => set[Math.floor(random.uniform() * set.length)]!;
    const [a, b] = [pick(), pick()];
    if (a.kind === 'numeric' && b.kind === 'numeric') {
      const [x, y, weight] = [standardized(a.values), standardized(b.values), 2 * random.uniform() - 1];
      const values = x.map((value, row) => sum(value, y[row] ?? null, weight));
      features.push(featureOf({ name: `${a.name} + ${b.name}`, kind: 'numeric', values }));
    } else if (a.kind === 'categorical' && b.kind === 'categorical') {
      const values = a.values.map((value, row) => (value === null ? null : JSON.stringify([value, b.values[row]])));
      features.push(featureOf({ name: `${a.name} and ${b.name}`, kind: 'categorical', values }));
    } else {
      const numbers = a.kind === 'numeric' ? a : b;
      if (numbers.kind !== 'numeric') continue;
      const values = standardized(numbers.values).map((value) => sum(value, random.normal(), 0.2));
      features.push(featureOf({ name: `${numbers.name} with noise`, kind: 'numeric', values }));
    }
  }
  return features.slice(0, count);
}

function adultColumns(file: string): readonly Column[] {
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(', '))
    .filter((row) => row.length > ADULT.length);
  return ADULT.map((name, place): Column => {
    const texts = rows.map((row) => (row[place] === '?' ? null : row[place]!));
    return NUMBERS.has(name)
      ? { name, kind: 'numeric', values: texts.map((text) => (text === null ? null : Number(text))) }
      : { name, kind: 'categorical', values: texts };
  });
}

function retailColumns(file: string): readonly Column[] {
  // descriptions may hold commas and quotes: what is used is counted from both ends
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .filter((_, row) => row % EVERY === 0)
    .map((line) => ({ head: line.split(','), tail: line.split(',').slice(-5) }));
  const numbers = (place: number) => rows.map(({ tail }) => (tail[place] === '' ? null : Number(tail[place])));
  const times = rows.map(({ tail }) => new Date(`${tail[1]}Z`));
  const [quantity, price] = [numbers(0), numbers(2)];
  return [
    { name: 'quantity', kind: 'numeric', values: quantity },
    { name: 'price', kind: 'numeric', values: price },
    { name: 'amount', kind: 'numeric', values: quantity.map((value, row) => (value ?? 0) * (price[row] ?? 0)) },
    { name: 'hour', kind: 'numeric', values: times.map((time) => time.getUTCHours()) },
    { name: 'customer number', kind: 'numeric', values: numbers(3) },
    { name: 'weekday', kind: 'categorical', values: times.map((time) => String(time.getUTCDay())) },
    { name: 'stock code', kind: 'categorical', values: rows.map(({ head }) => head[1]!) },
    { name: 'country', kind: 'categorical', values: rows.map(({ tail }) => tail[4]!.trim()) },
  ];
}

function featureOf(column: Column): Feature {
  const missing = column.values.filter((value) => value === null).length;
  if (column.kind === 'numeric') {
    const known = column.values.filter((value) => value !== null);
    return { name: column.name, kind: 'numeric', sorted: Float64Array.from(known).sort(), missing };
  }
  const counts = new Map<string, number>();
  for (const value of column.values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return { name: column.name, kind: 'categorical', counts: [...counts.values()].sort((a, b) => b - a), missing };
}

function sum(a: number | null, b: number | null, weight: number): number | null {
  return a === null || b === null ? null : a + weight * b;
}

function standardized(values: readonly (number | null)[]): readonly (number | null)[] {
  const known = values.filter((value) => value !== null);
  const mean = known.reduce((total, value) => total + value, 0) / known.length;
  const spread = Math.sqrt(known.reduce((total, value) => total + (value - mean) ** 2, 0) / known.length) || 1;
  return values.map((value) => (value === null ? null : (value - mean) / spread));
}
