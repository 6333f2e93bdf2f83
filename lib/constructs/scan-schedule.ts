import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { HOUR_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import { allow } from '../permissions/grant.ts';
import { scheduleExpression } from '../schedule-expression.ts';
import { ServiceRole } from './service-role.ts';

export interface ScanScheduleProps {
  /** Of the schedule group, which has to be there already. */
  readonly groupName: string;
  readonly model: Model;
  /** The flow `drift-scan`. */
  readonly machine: IStateMachine;
}

const RETRY_SECONDS = 900;
const RETRIES = 3;

/** Looks at what a model is asked, answers and gets right, as often as its definition says. */
export class ScanSchedule extends Construct {
  constructor(scope: Construct, id: string, { groupName, model, machine }: ScanScheduleProps) {
    super(scope, id);
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: `Schedule: starts drift scans of model ${model.name}`,
      isForThisAccountOnly: true,
      grants: [allow('states:StartExecution', machine.stateMachineArn)],
    });
    new CfnSchedule(this, 'Schedule', {
      groupName,
      description: `Looks at what model ${model.name} is asked, answers and gets right`,
      scheduleExpression: scheduleExpression(model.monitoring.drift?.everyMs ?? HOUR_MS),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: machine.stateMachineArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ model: model.name, cause: 'schedule', actor: 'headgate:schedule' }),
        retryPolicy: { maximumEventAgeInSeconds: RETRY_SECONDS, maximumRetryAttempts: RETRIES },
      },
    });
  }
}
