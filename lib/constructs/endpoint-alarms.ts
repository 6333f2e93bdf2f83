import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { fiveMinuteMetric } from './five-minute-metric.ts';
import { PlatformAlarm } from './platform-alarm.ts';

export interface EndpointAlarmsProps {
  readonly endpointName: string;
  readonly topics: readonly ITopic[];
}

/** The champion answers on one of them; during a rollout the other one answers too. */
const VARIANTS = ['champion', 'challenger'] as const;
/** Ids of the alarms, for pages that show them. */
export const ENDPOINT_ALARM_IDS = ['Errors', 'Latency', 'ChallengerErrors', 'ChallengerLatency'] as const;
const SLOW_MS = 1000;
const MICROSECONDS_PER_MS = 1000;
const NO_TRAFFIC = { isFine: true, because: 'an endpoint that nobody asks writes no metrics' } as const;

/** Whether a model's endpoint answers, and in time. */
export class EndpointAlarms extends Construct {
  constructor(scope: Construct, id: string, { endpointName, topics }: EndpointAlarmsProps) {
    super(scope, id);
    for (const variant of VARIANTS) {
      const prefix = variant === 'champion' ? '' : 'Challenger';
      new PlatformAlarm(this, `${prefix}Errors`, {
        metric: variantMetric(endpointName, variant, 'Invocation5XXErrors', Stats.SUM),
        limit: 5,
        periods: 2,
        meaning: `Variant ${variant} of endpoint ${endpointName} fails requests`,
        runbook: 'endpoint-errors',
        topics,
        silence: NO_TRAFFIC,
      });
      new PlatformAlarm(this, `${prefix}Latency`, {
        metric: variantMetric(endpointName, variant, 'ModelLatency', Stats.percentile(99)), // in microseconds
        limit: SLOW_MS * MICROSECONDS_PER_MS,
        periods: 3,
        meaning: `One request of a hundred to variant ${variant} of endpoint ${endpointName} takes its model longer than ${SLOW_MS} ms`,
        runbook: 'endpoint-latency',
        topics,
        silence: NO_TRAFFIC,
      });
    }
  }
}

function variantMetric(endpointName: string, variant: string, metricName: string, statistic: string): IMetric {
  const dimensions = { EndpointName: endpointName, VariantName: variant };
  return fiveMinuteMetric('AWS/SageMaker', metricName, dimensions, statistic);
}
