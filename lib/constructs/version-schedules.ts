import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { allow } from '../permissions/grant.ts';
import { scheduleExpression } from '../schedule-expression.ts';
import { ServiceRole } from './service-role.ts';

export interface VersionSchedulesProps {
  /** Name of the schedule group, which has to be there already. */
  readonly groupName: string;
  /** Starts what is due of the versions that no schedule of a view starts. */
  readonly startDue: IFunction;
  readonly reconcile: StateMachine;
}

const DUE_EVERY_MS = 5 * MINUTE_MS;
const RECONCILE_EVERY_MS = HOUR_MS;
const RETRY_SECONDS = 900;
const RETRIES = 3;

/** Keeps versions of views up to date that the definitions no longer say, and retires those that nobody needs. */
export class VersionSchedules extends Construct {
  constructor(scope: Construct, id: string, { groupName, startDue, reconcile }: VersionSchedulesProps) {
    super(scope, id);
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: 'Schedules: versions of feature views',
      isForThisAccountOnly: true,
      grants: [
        allow('lambda:InvokeFunction', startDue.functionArn),
        allow('states:StartExecution', reconcile.stateMachineArn),
      ],
    });
    const schedule = (name: string, description: string, everyMs: number, arn: string, input: object) =>
      new CfnSchedule(this, name, {
        groupName,
        description,
        scheduleExpression: scheduleExpression(everyMs),
        scheduleExpressionTimezone: 'UTC',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn,
          roleArn: role.roleArn,
          input: JSON.stringify(input),
          retryPolicy: { maximumEventAgeInSeconds: RETRY_SECONDS, maximumRetryAttempts: RETRIES },
        },
      });
    schedule('Due', 'Materializes versions that are no longer current', DUE_EVERY_MS, startDue.functionArn, {});
    schedule('Reconcile', 'Retires versions that nobody needs', RECONCILE_EVERY_MS, reconcile.stateMachineArn, {});
  }
}
