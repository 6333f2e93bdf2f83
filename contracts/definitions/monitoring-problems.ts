import { DAY_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import type {
  DriftPolicy,
  Monitoring,
  PerformancePolicy,
  RetrainingPolicy,
} from '../../core/definitions/monitoring.ts';
import { durationText } from '../../core/duration-text.ts';
import { metricName } from '../../core/metrics/metric-facts.ts';
import { WEEK_MS } from '../../core/retraining/begun.ts';
import { unevenProblem } from './even-interval.ts';
import { metricChoiceProblems, metricProblemProblems } from './metric-choice.ts';
import { quoteValue } from './read-input.ts';

type Found = readonly { readonly path: string; readonly problem: string }[];

/** What is wrong between the watching of a model and the rest of it. */
export function monitoringProblems({ monitoring, problem, features }: Model): Found {
  const { drift, performance, retraining } = monitoring;
  const inputs = features.map(({ view, feature }) => `${view}:${feature}`);
  return [
    ...(drift === null ? [] : driftProblems(drift, inputs)),
    ...(performance === null ? [] : performanceProblems(performance, problem, monitoring)),
    ...(retraining === null ? [] : retrainingProblems(retraining, monitoring)),
  ].map(({ path, problem: text }) => ({ path: `monitoring.${path}`, problem: text }));
}

function driftProblems({ everyMs, windowMs, reference, persistence, ignore }: DriftPolicy, inputs: readonly string[]) {
  const found: { path: string; problem: string }[] = [];
  const uneven = unevenProblem(everyMs, 0);
  if (uneven !== null) found.push({ path: 'drift.every', problem: uneven });
  for (const ref of ignore.filter((one) => !inputs.includes(one))) {
    const problem = `${quoteValue(ref)} is no input of the model; inputs: ${inputs.join(', ')}`;
    found.push({ path: 'drift.ignore', problem });
  }
  for (const ref of repeated(ignore)) found.push({ path: 'drift.ignore', problem: twice(ref) });
  const { scans, of } = persistence;
  if (scans > of) {
    const problem = `${scans} scans cannot drift among the last ${of}; write scans <= of`;
    found.push({ path: 'drift.persistence', problem });
  }
  if (reference.kind === 'season' && reference.periodMs < windowMs) {
    const [period, window] = [durationText(reference.periodMs), durationText(windowMs)];
    const problem = `a period of ${period} overlaps a window of ${window}; write a period at least as long`;
    found.push({ path: 'drift.reference', problem });
  }
  return found;
}

function performanceProblems(
  { metrics, loss, maturityMs }: PerformancePolicy,
  problem: Model['problem'],
  { evidenceRetentionDays: days }: Monitoring,
) {
  const found = metrics.flatMap((choice, i) =>
    [...metricChoiceProblems(choice), ...metricProblemProblems(choice, problem)].map((one) => ({
      path: `performance.metrics.${i}.${one.path}`,
      problem: one.problem,
    })),
  );
  for (const name of repeated(metrics.map(metricName))) {
    found.push({ path: 'performance.metrics', problem: twice(name) });
  }
  const losses: readonly string[] = problem === 'binary' ? ['log_loss', 'brier'] : ['squared_error', 'absolute_error'];
  if (!losses.includes(loss)) {
    const text = `${quoteValue(loss)} does not fit a ${problem} model; write one of ${losses.join(', ')}`;
    found.push({ path: 'performance.loss', problem: text });
  }
  if (maturityMs >= days * DAY_MS) {
    const least = Math.floor(maturityMs / DAY_MS) + 1;
    const text = `predictions are forgotten after ${days}d, and what became of them is only known after ${durationText(maturityMs)}; write at least ${least}, a shorter performance.maturity, or performance: false`;
    found.push({ path: 'evidenceRetentionDays', problem: text });
  }
  return found;
}

function retrainingProblems(
  { on, cooldownMs, maxPerWeek }: RetrainingPolicy,
  { drift, performance }: Pick<Monitoring, 'drift' | 'performance'>,
) {
  const found: { path: string; problem: string }[] = [];
  if (on.drift && drift === null) {
    const problem = 'drift is not looked for; leave out drift: false, or write on: { drift: false }';
    found.push({ path: 'retraining.on.drift', problem });
  }
  if (on.degradation && performance === null) {
    const problem = 'performance is not looked at; leave out performance: false, or write on: { degradation: false }';
    found.push({ path: 'retraining.on.degradation', problem });
  }
  if (!on.drift && !on.degradation && on.everyMs === null && on.newRows === null) {
    const problem =
      'nothing would ever start a retraining; leave drift or degradation on, set every or newRows, or write retraining: false';
    found.push({ path: 'retraining.on', problem });
  }
  if (on.everyMs !== null && on.everyMs < cooldownMs) {
    const [every, cooldown] = [durationText(on.everyMs), durationText(cooldownMs)];
    const problem = `"${every}" is shorter than the cooldown ("${cooldown}"), which would hold it back; write at least that, or a shorter cooldown`;
    found.push({ path: 'retraining.on.every', problem });
  }
  if (on.everyMs !== null && on.everyMs * maxPerWeek < WEEK_MS) {
    const least = Math.ceil(WEEK_MS / on.everyMs);
    const problem = `${maxPerWeek} in a week are fewer than every "${durationText(on.everyMs)}" asks for; write at least ${least}, or a longer on.every`;
    found.push({ path: 'retraining.maxPerWeek', problem });
  }
  return found;
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
}

function twice(name: string): string {
  return `${quoteValue(name)} is there more than once; write it once`;
}
