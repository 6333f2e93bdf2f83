import { METRICS, type Metric } from '../definitions/model.ts';
import type { ChangedInput } from './changed-inputs.ts';
import { gainOf, type MetricPair, type MetricPairs } from './compare-metrics.ts';

/** Standard errors within which a difference is what chance gives: 95 of 100 times. */
const CHANCE = 1.96;
const NAMED_INPUTS = 3;

/** What a leak check comes to, for the person whose model it is. */
export function leakSentence(inputs: readonly ChangedInput[], metrics: MetricPairs, testRows: number): string {
  const changed = inputs.filter((input) => input.changed > 0).sort((a, b) => b.changed - a.changed);
  if (changed.length === 0) {
    return 'nothing leaks: every row sees the same values with and without the knowledge cut, so that dropping it would change nothing';
  }
  const named = changed.slice(0, NAMED_INPUTS).map(({ ref, share }) => `${ref} in ${percent(share)} of the rows`);
  const others = changed.length - NAMED_INPUTS;
  const more = others > 0 ? `, and ${others} more ${others === 1 ? 'input' : 'inputs'}` : '';
  const values = `values that were not known yet would get into ${named.join(', ')}${more}`;
  const metric = METRICS.find((name) => metrics[name] !== undefined);
  if (metric === undefined) return `${values}; no metric can be computed on the ${testRows} test rows`;
  return `${values}; ${metricWords(metric, metrics[metric]!, testRows)}`;
}

function metricWords(metric: Metric, pair: MetricPair, testRows: number): string {
  const spread = pair.standardError === null ? '' : ` (± ${short(CHANCE * pair.standardError)})`;
  const both = `${short(pair.without)} instead of ${short(pair.with)} on the same ${testRows} test rows`;
  const gain = gainOf(metric, pair);
  if (gain > CHANCE * (pair.standardError ?? 0)) {
    return `${metric} would look better by ${short(gain)}${spread}, ${both}, and production would never show it`;
  }
  return `${metric} would be ${both}, no better than chance allows${spread}: the cut costs this model nothing`;
}

function percent(share: number): string {
  return share < 0.001 ? 'less than 0.1 %' : `${(share * 100).toFixed(1)} %`;
}

function short(value: number): string {
  return String(Number(value.toFixed(4)));
}
