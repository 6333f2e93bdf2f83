import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { fiveMinuteMetric } from './five-minute-metric.ts';
import { PlatformAlarm } from './platform-alarm.ts';

export interface EndpointAlarmsProps {
  readonly endpointName: string;
  readonly topics: readonly ITopic[];
}

/** The variant that answers whenever no rollout is under way. */
const CHAMPION = 'champion';
const SLOW_MS = 1000;
const MICROSECONDS_PER_MS = 1000;
const NO_TRAFFIC = { isFine: true, because: 'an endpoint that nobody asks writes no metrics' } as const;

/** Whether a model's endpoint answers, and in time. */
export class EndpointAlarms extends Construct {
  constructor(scope: Construct, id: string, { endpointName, topics }: EndpointAlarmsProps) {
    super(scope, id);
    new PlatformAlarm(this, 'Errors', {
      metric: championMetric(endpointName, 'Invocation5XXErrors', Stats.SUM),
      limit: 5,
      periods: 2,
      meaning: `Endpoint ${endpointName} fails requests`,
      runbook: 'endpoint-errors',
      topics,
      silence: NO_TRAFFIC,
    });
    new PlatformAlarm(this, 'Latency', {
      metric: championMetric(endpointName, 'ModelLatency', Stats.percentile(99)), // in microseconds
      limit: SLOW_MS * MICROSECONDS_PER_MS,
      periods: 3,
      meaning: `One request of a hundred to endpoint ${endpointName} takes its model longer than ${SLOW_MS} ms`,
      runbook: 'endpoint-latency',
      topics,
      silence: NO_TRAFFIC,
    });
  }
}

function championMetric(endpointName: string, metricName: string, statistic: string): IMetric {
  const dimensions = { EndpointName: endpointName, VariantName: CHAMPION };
  return fiveMinuteMetric('AWS/SageMaker', metricName, dimensions, statistic);
}
