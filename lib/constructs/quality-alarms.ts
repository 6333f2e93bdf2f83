import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { fiveMinuteMetric } from './five-minute-metric.ts';
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
      metric: fiveMinuteMetric('Headgate', 'BlockedMaterializations', { Stage: stage }),
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
