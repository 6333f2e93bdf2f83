import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ROLLOUT_OUTCOMES } from '../../core/rollout/rollout.ts';
import { fiveMinuteMetric } from './five-minute-metric.ts';
import { NOTHING_HAPPENED, PlatformAlarm } from './platform-alarm.ts';

export interface RolloutNoticesProps {
  readonly bus: IEventBus;
  readonly stage: string;
  /** Where people read how rollouts ended and what waits for them. */
  readonly notices: ITopic;
  readonly alarmTopics: readonly ITopic[];
}

/** Tells people what they have to know of rollouts: how they ended, what waits for a person, what went wrong. */
export class RolloutNotices extends Construct {
  constructor(scope: Construct, id: string, { bus, stage, notices, alarmTopics }: RolloutNoticesProps) {
    super(scope, id);
    const told = [...ROLLOUT_OUTCOMES, 'approval-requested', 'endpoint-edited'];
    new Rule(this, 'Told', {
      description:
        'Tells people how a rollout ended, that one waits for approval, and that an endpoint was changed by hand',
      eventBus: bus,
      eventPattern: { detailType: Match.anyOf(...told.map((what) => `headgate.rollout.${what}`)) },
      targets: [new SnsTopic(notices)],
    });
    const metric = (name: string) => fiveMinuteMetric('Headgate', name, { Stage: stage });
    new PlatformAlarm(this, 'RolledBack', {
      metric: metric('RolloutsRolledBack'),
      limit: 1,
      periods: 1,
      meaning: 'A release that had answered callers was taken back',
      runbook: 'rollouts-rolled-back',
      topics: alarmTopics,
      silence: NOTHING_HAPPENED,
    });
    new PlatformAlarm(this, 'ApprovalWaiting', {
      metric: metric('ApprovalsWaiting'),
      limit: 1,
      periods: 12,
      meaning: 'A release has waited for a person for an hour',
      runbook: 'approvals-waiting',
      topics: alarmTopics,
      silence: NOTHING_HAPPENED,
    });
  }
}
