import type { FinalMetric } from './training-job-record.ts';

export interface MetricDefinition {
  readonly Name: string;
  readonly Regex: string;
}

const NUMBER = '([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)';
const XGBOOST_METRIC = new RegExp(`#011(train|validation)-([A-Za-z0-9@.-]+):${NUMBER}`, 'g');

/**
 * The last value of each metric in a training log.
 *
 * @param definitions the job's own; without them the metrics of the built-in XGBoost image (`train:auc`)
 * @param timestamp seconds since 1970
 */
export function finalMetrics(
  log: string,
  definitions: readonly MetricDefinition[] | undefined,
  timestamp: number,
): FinalMetric[] {
  const last = new Map<string, number>();
  if (definitions === undefined || definitions.length === 0) {
    for (const [, dataSet, metric, value] of log.matchAll(XGBOOST_METRIC))
      last.set(`${dataSet}:${metric}`, Number(value));
  } else {
    for (const { Name, Regex } of definitions) {
      for (const line of log.split('\n')) {
        const value = Number(new RegExp(Regex).exec(line)?.[1] ?? Number.NaN);
        if (!Number.isNaN(value)) last.set(Name, value);
      }
    }
  }
  return [...last].map(([MetricName, Value]) => ({ MetricName, Value, Timestamp: timestamp }));
}
