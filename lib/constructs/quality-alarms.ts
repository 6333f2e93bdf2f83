import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { PlatformAlarm } from './platform-alarm.ts';

export interface QualityAlarmsProps {
  readonly topics: readonly ITopic[];
  readonly stage: string;
}

/** Whether what teams expect of their feature views keeps values from being brought up to date. */
export class QualityAlarms extends Construct {
  constructor(scope: Construct, id: string, { topics, stage }: QualityAlarmsProps) {
    super(scope, id);
    new PlatformAlarm(this, 'Blocked', {
      metric: new Metric({
        namespace: 'Headgate',
        metricName: 'BlockedMaterializations',
        dimensionsMap: { Stage: stage },
        statistic: Stats.SUM,
        period: Duration.minutes(5),
      }),
      limit: 1,
      periods: 1,
      meaning:
        'A feature view does not meet what is expected of it: its newest rows are dropped and its values grow old',
      runbook: 'expectations-broken',
      topics,
      silence: { isFine: true, because: 'the metric is written only when a run was judged' },
    });
  }
}
