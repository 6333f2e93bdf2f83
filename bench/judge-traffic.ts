/**
 * How much traffic a margin needs: `node bench/judge-traffic.ts` prints a Markdown table. Each number is the smallest for
 * which the check decides when the counts are just what is to be expected, so about half of all canaries need more. The
 * error probabilities are those of the default policy with an outcome.
 */

import type { Check } from '../core/rollout/judgement.ts';
import { latencyCheck } from '../core/rollout/latency-check.ts';
import type { Asked } from '../core/rollout/measured-check.ts';
import { latencyBin } from '../core/rollout/observations.ts';
import { predictionsCheck } from '../core/rollout/predictions-check.ts';
import { rateDifferenceCheck } from '../core/rollout/rate-checks.ts';
import { normalQuantile } from '../core/stats/normal-quantile.ts';
import type { Histogram } from '../core/stats/quantile-ratio.ts';

/** Five phases, seven checks. */
const ALPHAS = { low: 0.01 / 5 / 7, high: 0.05 };
const MOST = 2 ** 24;

interface Row {
  readonly what: string;
  readonly margin: string;
  /** The check with so many observations of each arm, the candidate so many margins worse. */
  readonly at: (baseline: number, candidate: number, times: number) => Check;
}

const rows: readonly Row[] = [
  errors(0.001, 0.01),
  errors(0.005, 0.01),
  errors(0.02, 0.01),
  errors(0.005, 0.005),
  latency(0.5, 1.25),
  latency(1, 1.25),
  latency(0.5, 1.1),
  predictions(0.1),
  predictions(0.05),
  missing(0.02, 0.05),
  missing(0.1, 0.05),
  outcome(0.3, 0.05),
  outcome(0.3, 0.02),
];

const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
line([
  'check',
  'margin',
  'no difference: of each arm to be within',
  'twice the margin: of the candidate to be beyond, at 5 %',
  'at 50 %',
]);
line(['---', '---', '---', '---', '---']);
for (const { what, margin, at } of rows) {
  line([
    what,
    margin,
    smallest((n) => at(n, n, 0).state === 'within'),
    smallest((n) => at(19 * n, n, 2).state === 'beyond'),
    smallest((n) => at(n, n, 2).state === 'beyond'),
  ]);
}

/** To three per cent. */
function smallest(isEnough: (n: number) => boolean): string {
  let enough = 8;
  while (!isEnough(enough)) {
    if (enough > MOST) return 'more than 16 million';
    enough *= 2;
  }
  let tooFew = enough / 2;
  while (enough > 1.03 * tooFew) {
    const middle = Math.round((enough + tooFew) / 2);
    if (middle === enough || middle === tooFew) break;
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return Number(enough.toPrecision(2)).toLocaleString('en-US');
}

function asked(metric: Asked['metric'], limit: number): Asked {
  return { metric, limit, alphas: ALPHAS, isRequired: true };
}

function ratesOf(metric: Asked['metric'], what: string, base: number, margin: number): Row {
  return {
    what,
    margin: `${Number((100 * margin).toPrecision(3))} ${margin === 0.01 ? 'point' : 'points'}`,
    at: (baseline, candidate, times) =>
      rateDifferenceCheck(
        asked(metric, margin),
        { n: baseline, sum: baseline * base },
        { n: candidate, sum: candidate * (base + times * margin) },
        'independent',
      ),
  };
}

function errors(base: number, margin: number): Row {
  return ratesOf('errors', `errors, ${100 * base} % usual`, base, margin);
}

function missing(base: number, margin: number): Row {
  return ratesOf('missing', `missing inputs, ${100 * base} % usual`, base, margin);
}

function outcome(base: number, margin: number): Row {
  return ratesOf('outcome', `outcome of yes or no, ${100 * base} % usual`, base, margin);
}

function latency(spread: number, maxRatio: number): Row {
  const histogram = (n: number, factor: number): Histogram => {
    const points = 4000;
    const counts = new Map<number, number>();
    for (let i = 0; i < points; i++) {
      const bin = latencyBin(12 * factor * Math.exp(spread * normalQuantile((i + 0.5) / points)));
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    const bins = [...counts].map(([bin, count]) => ({ bin, n: (count * n) / points }));
    return { bins: bins.sort((x, y) => x.bin - y.bin), censored: 0 };
  };
  return {
    what: `p95 latency, lognormal with sigma ${spread}`,
    margin: `${maxRatio} times`,
    at: (baseline, candidate, times) =>
      latencyCheck(asked('latency', maxRatio), {
        baseline: histogram(baseline, 1),
        candidate: histogram(candidate, maxRatio ** times),
        quantile: 0.95,
        arms: 'independent',
      }),
  };
}

function predictions(margin: number): Row {
  return {
    what: 'predictions, deciles',
    margin: `${margin} gap`,
    at: (baseline, candidate, times) => {
      const even = new Array<number>(10).fill(0.1);
      // The lower half gives to the upper half, so that the gap is widest in the middle.
      const shifted = even.map((share, i) => share + ((i < 5 ? -1 : 1) * times * margin) / 5);
      return predictionsCheck(
        asked('predictions', margin),
        even.map((share) => share * baseline),
        shifted.map((share) => share * candidate),
        'independent',
      );
    },
  };
}
