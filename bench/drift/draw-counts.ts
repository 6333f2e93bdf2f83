import { logGamma } from '../../core/stats/log-gamma.ts';
import type { RandomStream } from '../judge/random-stream.ts';

/** How `n` independent draws fall into cells of the given weights. */
export function multinomial(random: RandomStream, n: number, weights: readonly number[]): readonly number[] {
  let left = n;
  let weight = weights.reduce((sum, one) => sum + one, 0);
  return weights.map((one, i) => {
    const isLast = i === weights.length - 1;
    const drawn = isLast ? left : one <= 0 ? 0 : binomial(random, left, Math.min(1, one / weight));
    left -= drawn;
    weight -= one;
    return drawn;
  });
}

/** Successes of n trials, exactly. Source: Hörmann (1993), J. Statist. Comput. Simul. 46, 101-110 (BTRS); inversion for few. */
export function binomial(random: RandomStream, n: number, p: number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  if (n * p < 10) return fewSuccesses(random, n, p);
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const vr = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const odds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  const top = logGamma(mode + 1) + logGamma(n - mode + 1);
  for (;;) {
    const v = 1 - random.uniform();
    const u = random.uniform() - 0.5;
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= vr) return k;
    const accept = top - logGamma(k + 1) - logGamma(n - k + 1) + (k - mode) * odds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= accept) return k;
  }
}

function fewSuccesses(random: RandomStream, n: number, p: number): number {
  const ratio = p / (1 - p);
  let term = Math.exp(n * Math.log1p(-p));
  let left = random.uniform();
  let k = 0;
  while (left >= term && k < n) {
    left -= term;
    k++;
    term *= (ratio * (n - k + 1)) / k;
  }
  return k;
}

/** Positions of n draws with replacement from `size`, ascending. */
export function ascendingDraws(random: RandomStream, n: number, size: number): Int32Array {
  const at = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum -= Math.log(1 - random.uniform());
    at[i] = sum;
  }
  sum -= Math.log(1 - random.uniform());
  return Int32Array.from(at, (gap) => Math.min(size - 1, Math.floor((gap / sum) * size)));
}
