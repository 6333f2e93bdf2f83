import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** A metric as alarms watch it, one value for each five minutes. */
export function fiveMinuteMetric(
  namespace: string,
  metricName: string,
  dimensions: Readonly<Record<string, string>>,
  statistic: string = Stats.SUM,
): IMetric {
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { ...dimensions },
    statistic,
    period: Duration.minutes(5),
  });
}
