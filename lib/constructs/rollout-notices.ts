import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { EventField, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { EVENTS } from '../../contracts/events.ts';
import { fiveMinuteMetric } from './five-minute-metric.ts';
import { NOTHING_HAPPENED, PlatformAlarm } from './platform-alarm.ts';

export interface RolloutNoticesProps {
  readonly bus: IEventBus;
  readonly stage: string;
  /** Where people read how rollouts ended and what waits for them. */
  readonly notices: ITopic;
  readonly alarmTopics: readonly ITopic[];
}

/** What, why and what to do, in four lines; a line whose words an event does not have stays empty. */
function noticeText(stage: string): string {
  const of = (path: string) => EventField.fromPath(`$.detail.${path}`);
  return [
    `Headgate ${stage}: ${of('subject')} ${of('says')}`,
    `Why: ${of('data.because')}`,
    `What to do: ${of('runbook')}`,
    `Event ${of('type')} of ${of('time')}, ${of('id')}`,
  ].join('\n');
}

/** Tells people what they have to know: how rollouts ended, what waits for a person, what went wrong. */
export class RolloutNotices extends Construct {
  constructor(scope: Construct, id: string, { bus, stage, notices, alarmTopics }: RolloutNoticesProps) {
    super(scope, id);
    const told = Object.entries(EVENTS).flatMap(([type, { isTold }]) => (isTold ? [type] : []));
    new Rule(this, 'Told', {
      description: 'Tells people how rollouts ended, what waits for them, and what speaks against a model',
      eventBus: bus,
      eventPattern: { detailType: Match.anyOf(...told) },
      targets: [new SnsTopic(notices, { message: RuleTargetInput.fromText(noticeText(stage)) })],
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
