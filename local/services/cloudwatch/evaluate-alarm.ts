import { type MetricAlarm, queriesOf } from './alarm-document.ts';
import type { AlarmState } from './alarm-rule.ts';
import { periodSecondsOf, valuesOf } from './metric-queries.ts';
import type { MetricStore } from './metric-store.ts';

export interface Evaluation {
  readonly state: AlarmState;
  readonly reason: string;
}

const COMPARISONS: Readonly<Record<MetricAlarm['ComparisonOperator'], (value: number, limit: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, limit) => value >= limit,
  GreaterThanThreshold: (value, limit) => value > limit,
  LessThanThreshold: (value, limit) => value < limit,
  LessThanOrEqualToThreshold: (value, limit) => value <= limit,
};

/**
 * What the last periods say. The periods end now: on the laptop they slide, so that an alarm need not wait for the
 * next full minute. M of N and missing data are as in CloudWatch's user guide, "Configuring how alarms treat missing
 * data", without its look at periods before the N.
 *
 * @param current kept while missing data are to be ignored
 */
export function evaluateAlarm(
  store: MetricStore,
  alarm: MetricAlarm,
  current: AlarmState,
  nowMs: number,
  speed: number,
): Evaluation {
  const { queries, watched } = queriesOf(alarm);
  const periodMs = (periodSecondsOf(queries, watched) * 1000) / speed;
  const fromMs = nowMs - alarm.EvaluationPeriods * periodMs;
  const values = [...valuesOf(store, queries, watched.Id, { fromMs, toMs: nowMs }, speed).values()];
  const missing = Math.max(0, alarm.EvaluationPeriods - values.length);
  const isBreaching = COMPARISONS[alarm.ComparisonOperator];
  const breaching = values.filter((value) => isBreaching(value, alarm.Threshold));
  const needed = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods;
  const counted = breaching.length + (alarm.TreatMissingData === 'breaching' ? missing : 0);
  const about = `${alarm.ComparisonOperator} ${alarm.Threshold}`;

  if (values.length === 0 && alarm.TreatMissingData !== 'breaching' && alarm.TreatMissingData !== 'notBreaching') {
    return alarm.TreatMissingData === 'ignore'
      ? { state: current, reason: 'No datapoints were received; missing data are ignored.' }
      : { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${missing} datapoints were unknown.` };
  }
  if (counted >= needed) {
    const shown = breaching.join(', ') || 'missing data';
    return {
      state: 'ALARM',
      reason: `Threshold Crossed: ${counted} of ${alarm.EvaluationPeriods} datapoints [${shown}] were ${about}.`,
    };
  }
  const mayStillBreach =
    alarm.TreatMissingData === 'ignore' && current === 'ALARM' && breaching.length + missing >= needed;
  if (mayStillBreach) return { state: current, reason: 'Missing data are ignored.' };
  return {
    state: 'OK',
    reason: `Threshold Crossed: ${values.length - breaching.length} of ${alarm.EvaluationPeriods} datapoints [${values.join(', ')}] were not ${about}.`,
  };
}
