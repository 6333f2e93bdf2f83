import { Duration } from 'aws-cdk-lib';
import { type EventBus, EventField, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function as PlainFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { HOUR_MS } from '../../core/clock.ts';
import { ROLLOUT_OUTCOMES } from '../../core/rollout/rollout.ts';
import { allow } from '../permissions/grant.ts';
import { scheduleExpression } from '../schedule-expression.ts';
import { NOTHING_HAPPENED, PlatformAlarm } from './platform-alarm.ts';
import { ServiceRole } from './service-role.ts';

export interface RetrainingTriggersProps {
  readonly bus: EventBus;
  /** Name of the schedule group, which has to be there already. */
  readonly groupName: string;
  /** The flow `train`. */
  readonly train: StateMachine;
  /** Looks at the retraining of one model. */
  readonly advance: PlainFunction;
  /** Looks at that of every model, or of the one whose training has ended. */
  readonly reconcile: PlainFunction;
  readonly alarmTopics: readonly ITopic[];
}

const EVERY_MS = HOUR_MS;
const RETRY_SECONDS = 900;
const RETRIES = 3;
/** Of one asynchronous call, before Lambda gives it up. */
const LAMBDA_TRIES = 3;
const ENDS = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** Has retraining looked at when a rollout or a training has ended, and that of every model each hour: events are hints. */
export class RetrainingTriggers extends Construct {
  constructor(scope: Construct, id: string, props: RetrainingTriggersProps) {
    super(scope, id);
    const { bus, train, advance, reconcile } = props;
    new Rule(this, 'RolloutEnded', {
      description: 'Looks at the retraining of a model whose rollout has ended',
      eventBus: bus,
      eventPattern: { detailType: Match.anyOf(...ROLLOUT_OUTCOMES.map((outcome) => `headgate.rollout.${outcome}`)) },
      targets: [
        new LambdaFunction(advance, {
          event: RuleTargetInput.fromObject({
            model: EventField.fromPath('$.detail.subject'),
            actor: 'headgate:rollout-ended',
          }),
        }),
      ],
    });
    new Rule(this, 'TrainingEnded', {
      description: 'Looks at the retraining of the model whose training has ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [train.stateMachineArn], status: ENDS },
      },
      targets: [new LambdaFunction(reconcile, { event: RuleTargetInput.fromEventPath('$.detail') })],
    });
    this.lookEveryHour(props);
    new PlatformAlarm(this, 'Unreconciled', {
      metric: reconcile.metricErrors({ period: Duration.hours(1) }),
      limit: LAMBDA_TRIES,
      periods: 1,
      meaning: 'What became of trainings is not looked at: no model is trained again by itself',
      runbook: 'function-failures',
      topics: props.alarmTopics,
      silence: NOTHING_HAPPENED,
    });
  }

  private lookEveryHour({ groupName, reconcile }: RetrainingTriggersProps): void {
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: 'Schedules: look at the retraining of models',
      isForThisAccountOnly: true,
      grants: [allow('lambda:InvokeFunction', reconcile.functionArn)],
    });
    new CfnSchedule(this, 'Hourly', {
      groupName,
      description: 'Looks at the retraining of every model',
      scheduleExpression: scheduleExpression(EVERY_MS),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: reconcile.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumEventAgeInSeconds: RETRY_SECONDS, maximumRetryAttempts: RETRIES },
      },
    });
  }
}
