import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Headings of docs/runbook.md; a test matches every alarm to one of them and back. */
export const RUNBOOK_ANCHORS = [
  'flow-failures',
  'function-failures',
  'function-throttles',
  'api-server-errors',
  'api-latency',
  'schedule-failures',
  'log-delivery',
  'table-throttles',
  'table-system-errors',
  'endpoint-errors',
  'endpoint-latency',
  'expectations-broken',
  'features-stale',
  'features-skewed',
  'stream-lag',
  'dead-letters',
  'rollouts-rolled-back',
  'approvals-waiting',
  'audit-unsigned',
  'audit-broken',
  'model-drifting',
  'performance-degraded',
  'scans-silent',
  'scans-failing',
  'pipeline-unhealthy',
  'retraining-escalated',
  'retraining-failing',
  'batch-predictions-failing',
  'predictions-failing',
  'online-keys-unanswered',
] as const;
export type RunbookAnchor = (typeof RUNBOOK_ANCHORS)[number];

export interface PlatformAlarmProps {
  readonly metric: IMetric;
  /** At or above it for `periods` periods of the metric the alarm goes off. */
  readonly limit: number;
  /** Goes off below the limit instead. @default false */
  readonly isFloor?: boolean;
  readonly periods: number;
  /** What it means when it goes off, in a sentence without the full stop. */
  readonly meaning: string;
  readonly runbook: RunbookAnchor;
  readonly topics: readonly ITopic[];
  /** Whether silence is good or bad news, and why. */
  readonly silence: { readonly isFine: boolean; readonly because: string };
}

export const NOTHING_HAPPENED = {
  isFine: true,
  because: 'the metric is written only when something happened',
} as const;

/** An alarm that says what it means, what silence means, and where to read what to do. */
export class PlatformAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: PlatformAlarmProps) {
    super(scope, id);
    const { silence } = props;
    this.alarm = new Alarm(this, 'Alarm', {
      alarmName: this.node.path,
      alarmDescription: [
        `${props.meaning}.`,
        `No data is ${silence.isFine ? 'fine' : 'a breach'}: ${silence.because}.`,
        `Runbook: docs/runbook.md#${props.runbook}`,
      ].join(' '),
      metric: props.metric,
      threshold: props.limit,
      comparisonOperator:
        props.isFloor === true
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.periods,
      treatMissingData: silence.isFine ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    this.alarm.addAlarmAction(...props.topics.map((topic) => new SnsAction(topic)));
  }
}
