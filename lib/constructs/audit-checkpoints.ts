import { type EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { HOUR_MS } from '../../core/clock.ts';
import { ROLLOUT_OUTCOMES } from '../../core/rollout/rollout.ts';
import { allow } from '../permissions/grant.ts';
import { scheduleExpression } from '../schedule-expression.ts';
import { ServiceRole } from './service-role.ts';

export interface AuditCheckpointsProps {
  readonly bus: EventBus;
  /** Name of the schedule group, which has to be there already. */
  readonly groupName: string;
  /** Signs what has grown. */
  readonly sign: IFunction;
}

const EVERY_MS = HOUR_MS;
const RETRY_SECONDS = 900;
const RETRIES = 3;

/** Has the audit chain of a model signed when a rollout has ended, and whatever else has grown every hour. */
export class AuditCheckpoints extends Construct {
  constructor(scope: Construct, id: string, { bus, groupName, sign }: AuditCheckpointsProps) {
    super(scope, id);
    new Rule(this, 'RolloutEnded', {
      description: 'Signs the audit chain of a model whose rollout has ended',
      eventBus: bus,
      eventPattern: {
        detailType: Match.anyOf(...ROLLOUT_OUTCOMES.map((outcome) => `headgate.rollout.${outcome}`)),
      },
      targets: [new LambdaFunction(sign)],
    });
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: 'Schedules: sign audit chains',
      isForThisAccountOnly: true,
      grants: [allow('lambda:InvokeFunction', sign.functionArn)],
    });
    new CfnSchedule(this, 'Hourly', {
      groupName,
      description: 'Signs the audit chains that have grown',
      scheduleExpression: scheduleExpression(EVERY_MS),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: sign.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumEventAgeInSeconds: RETRY_SECONDS, maximumRetryAttempts: RETRIES },
      },
    });
  }
}
