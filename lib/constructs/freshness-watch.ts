import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import { allow } from '../permissions/grant.ts';
import { scheduleExpression } from '../schedule-expression.ts';
import { PlatformAlarm } from './platform-alarm.ts';
import { ServiceRole } from './service-role.ts';

export interface FreshnessWatchProps {
  readonly stage: string;
  readonly views: readonly FeatureView[];
  /** Name of the schedule group, which has to be there already. */
  readonly groupName: string;
  /** Measures every view. */
  readonly measure: IFunction;
  readonly topics: readonly ITopic[];
}

const EVERY_MS = 5 * MINUTE_MS;

/** Measures how old the newest event is that each view serves, and tells people when a view breaks its promise. */
export class FreshnessWatch extends Construct {
  constructor(scope: Construct, id: string, { stage, views, groupName, measure, topics }: FreshnessWatchProps) {
    super(scope, id);
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: 'Schedules: measure the freshness of feature views',
      isForThisAccountOnly: true,
      grants: [allow('lambda:InvokeFunction', measure.functionArn)],
    });
    new CfnSchedule(this, 'Measure', {
      groupName,
      description: 'Measures how old the newest event is that each feature view serves',
      scheduleExpression: scheduleExpression(EVERY_MS),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: measure.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        // the next measurement replaces one that was missed
        retryPolicy: { maximumEventAgeInSeconds: EVERY_MS / SECOND_MS, maximumRetryAttempts: 2 },
      },
    });
    for (const { name, freshnessMs } of views) {
      if (freshnessMs === null) continue;
      new PlatformAlarm(this, name, {
        metric: new Metric({
          namespace: 'Headgate',
          metricName: 'FeatureAge',
          dimensionsMap: { Stage: stage, View: name },
          statistic: Stats.MAXIMUM,
          period: Duration.millis(EVERY_MS),
        }),
        limit: freshnessMs,
        periods: 2,
        meaning: `The newest event that feature view ${name} serves is older than its definition promises`,
        runbook: 'features-stale',
        topics,
        silence: { isFine: false, because: 'nothing is online, or nobody measures' },
      });
    }
  }
}
