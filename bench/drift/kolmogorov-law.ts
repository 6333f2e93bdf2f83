import { logBinomial } from '../../core/stats/binomial-density.ts';
import { logGamma } from '../../core/stats/log-gamma.ts';
import { pelzGood } from './pelz-good.ts';

/** From here on both one-sided distances are never large at once: twice the one-sided law is exact to double precision. */
const APART_FROM = 4;
/** For more values the one-sided law is taken by its expansion, whose relative error is then about 1e-6. */
const MOST_SUMMED = 1_000_000;

/**
 * Probability that the distance between the distribution function of n values and their true, continuous one is
 * `distance` or more: Kolmogorov's two-sided law for a finite n.
 *
 * 0 to 1. Absolute error about 1e-12 for n up to 140, 1e-9 beyond; relative error about 1e-12 in the tail, and
 * about 1e-6 above a million.
 * Source: Simard & L'Ecuyer (2011), J. Statist. Software 39(11), which says which formula is good where: Ruben and
 * Gambino's at both ends, Marsaglia, Tsang & Wang (2003), J. Statist. Software 8(18), in the middle of small n, Pelz &
 * Good (1976) in that of large n, and twice Smirnov's one-sided law in the tail.
 * Checked by: test/reference/drift.json (scipy.stats.kstwo).
 *
 * @param n 1, 2, 3, …
 */
export function kolmogorovTail(distance: number, n: number): number {
  const t = n * distance;
  if (t <= 0.5) return 1;
  if (distance >= 1) return 0;
  if (t <= 1) return -Math.expm1(logGamma(n + 1) + n * Math.log((2 * t - 1) / n));
  if (t >= n - 1) return 2 * (1 - distance) ** n;
  const square = t * distance;
  const isFar = square >= (n <= 140 ? APART_FROM : 2.2);
  if (distance >= 0.5 || isFar) return Math.min(1, 2 * smirnovTail(distance, n));
  const within = n <= 140 || n * distance ** 1.5 <= 1.4 ? marsagliaTsangWang(distance, n) : pelzGood(distance, n);
  return Math.min(1, Math.max(0, 1 - within));
}

/**
 * P-value of `ksTwoSample` for many values: Kolmogorov's law with nm / (n + m) values in place of two samples, rounded, as
 * scipy's `asymp` does.
 *
 * Checked by: test/reference/drift.json (scipy.stats.ks_2samp, method asymp).
 */
export function ksAsymptoticTail(distance: number, n: number, m: number): number {
  return kolmogorovTail(distance, roundHalfEven((n * m) / (n + m)));
}

/**
 * Smirnov's one-sided law: P(D+ >= distance).
 *
 * Formula: distance × sum over j of C(n, j) (distance + j/n)^(j-1) (1 - distance - j/n)^(n-j).
 * Source: Birnbaum & Tingey (1951), Ann. Math. Statist. 22, 592-596; the expansion for large n as in scipy.
 */
function smirnovTail(distance: number, n: number): number {
  if (n > MOST_SUMMED) return Math.exp(-((6 * n * distance + 1) ** 2) / (18 * n));
  const last = Math.ceil(n * (1 - distance)) - 1;
  const log = (j: number) => {
    const p = distance + j / n;
    return logBinomial(j, n, p) - Math.log(p);
  };
  let top = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let j = 0; j <= last; j++) {
    const term = log(j);
    if (term > top) {
      sum = sum * Math.exp(top - term) + 1;
      top = term;
    } else {
      sum += Math.exp(term - top);
    }
  }
  return distance * sum * Math.exp(top);
}

/** P(D < distance) by powers of a matrix of about 2 n distance rows. */
function marsagliaTsangWang(distance: number, n: number): number {
  const k = Math.floor(n * distance) + 1;
  const size = 2 * k - 1;
  const h = k - n * distance;
  const step = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      if (i - j + 1 < 0) continue;
      let value = 1;
      if (j === 0) value -= h ** (i + 1);
      if (i === size - 1) value -= h ** (size - j);
      if (i === size - 1 && j === 0) value += 2 * h - 1 > 0 ? (2 * h - 1) ** size : 0;
      step[i * size + j] = value / Math.exp(logGamma(i - j + 2));
    }
  }
  const { matrix, exponent } = power(step, size, n);
  const middle = (k - 1) * size + (k - 1);
  return Math.exp(logGamma(n + 1) - n * Math.log(n) + Math.log(matrix[middle]!) + exponent * Math.LN2);
}

/** By squaring; a power of two is taken out whenever the numbers become large. */
function power(base: Float64Array, size: number, times: number): { matrix: Float64Array; exponent: number } {
  if (times === 1) return { matrix: base, exponent: 0 };
  const half = power(base, size, times >> 1);
  let matrix = product(half.matrix, half.matrix, size);
  if (times % 2 === 1) matrix = product(matrix, base, size);
  let exponent = 2 * half.exponent;
  const largest = matrix.reduce((most, value) => Math.max(most, value), 0);
  if (largest > 2 ** 300) {
    matrix = matrix.map((value) => value / 2 ** 300);
    exponent += 300;
  }
  return { matrix, exponent };
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) result[i * size + j]! += factor * b[k * size + j]!;
    }
  }
  return result;
}

function roundHalfEven(x: number): number {
  const near = Math.round(x);
  return Math.abs(x % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
}
