import { logGamma, stirlingError } from './log-gamma.ts';

const LOG_TWO_PI = 1.8378770664093456;
const TINY = 1e-300;

/**
 * Probability that a gamma variable of the given shape (and scale 1) is above x: the regularized upper incomplete gamma
 * function Q(shape, x).
 *
 * 0 to 1. Relative error about 1e-12. x at or below 0 gives 1, Infinity gives 0.
 * Cost: some square roots of the shape in steps.
 * Source: series 6.5.29 and continued fraction 6.5.31 of Abramowitz & Stegun (1964), the latter by Lentz (1976).
 * Checked by: test/reference/drift.json (scipy's gammaincc).
 *
 * @param shape above 0
 */
export function gammaTail(shape: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const front = Math.exp(logFront(shape, x));
  return x < shape + 1 ? 1 - Math.min(1, front * series(shape, x)) : Math.min(1, front * fraction(shape, x));
}

/** x^shape exp(-x) / gamma(shape), as a logarithm; what is large is cancelled by hand. */
function logFront(shape: number, x: number): number {
  if (shape < 10) return shape * Math.log(x) - x - logGamma(shape);
  const away = (x - shape) / shape;
  const deviance = Math.abs(away) < 0.1 ? shape * logOnePlusLess(away) : shape * Math.log(x / shape) + shape - x;
  return deviance + 0.5 * (Math.log(shape) - LOG_TWO_PI) - stirlingError(shape);
}

/** log(1 + v) - v for small v. */
function logOnePlusLess(v: number): number {
  let [sum, power] = [0, v];
  for (let k = 2; k < 60; k++) {
    power *= -v;
    const next = sum + power / k;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** 1 / shape + x / (shape (shape + 1)) + … */
function series(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= x / (shape + k);
    sum += term;
  }
  return sum;
}

function fraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let i = 1; i < 100_000; i++) {
    const a = -i * (i - shape);
    b += 2;
    d = 1 / nonZero(a * d + b);
    c = nonZero(b + a / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return value;
}

function nonZero(x: number): number {
  return Math.abs(x) < TINY ? TINY : x;
}
