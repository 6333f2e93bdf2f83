import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Precomputed } from '../../core/definitions/model.ts';
import { allow } from '../permissions/grant.ts';
import { scheduleExpression } from '../schedule-expression.ts';
import { ServiceRole } from './service-role.ts';

export interface BatchScheduleProps {
  /** Of the schedule group, which has to be there already. */
  readonly groupName: string;
  readonly model: string;
  readonly precomputed: Precomputed;
  /** The flow `batch-predict`. */
  readonly machine: IStateMachine;
}

const RETRY_SECONDS = 900;
const RETRIES = 3;

/** Computes the answers of a model before they are asked for, as often as its definition says. */
export class BatchSchedule extends Construct {
  constructor(scope: Construct, id: string, { groupName, model, precomputed, machine }: BatchScheduleProps) {
    super(scope, id);
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: `Schedule: starts batch predictions of model ${model}`,
      isForThisAccountOnly: true,
      grants: [allow('states:StartExecution', machine.stateMachineArn)],
    });
    new CfnSchedule(this, 'Schedule', {
      groupName,
      description: `Computes the answers of model ${model} before they are asked for`,
      scheduleExpression: scheduleExpression(precomputed.everyMs),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: machine.stateMachineArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ model, cause: 'schedule', actor: 'headgate:schedule' }),
        retryPolicy: { maximumEventAgeInSeconds: RETRY_SECONDS, maximumRetryAttempts: RETRIES },
      },
    });
  }
}
