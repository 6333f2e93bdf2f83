import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import { allow } from '../permissions/grant.ts';
import { scheduleExpression } from '../schedule-expression.ts';
import { ServiceRole } from './service-role.ts';

export interface ViewSchedulesProps {
  readonly stage: string;
  readonly views: readonly FeatureView[];
  readonly machine: StateMachine;
}

const RETRY_SECONDS = 900;
const RETRIES = 10;

/** Starts the materialization of each feature view at each of its ticks. */
export class ViewSchedules extends Construct {
  readonly groupName: string;

  constructor(scope: Construct, id: string, props: ViewSchedulesProps) {
    super(scope, id);
    this.groupName = `headgate-${props.stage}`;
    const group = new CfnScheduleGroup(this, 'Group', { name: this.groupName });
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: 'Schedules: start the materialization of feature views',
      isForThisAccountOnly: true,
      grants: [allow('states:StartExecution', props.machine.stateMachineArn)],
    });
    for (const view of props.views) {
      const schedule = new CfnSchedule(this, view.name, {
        groupName: this.groupName,
        description: `Materializes feature view ${view.name}`,
        scheduleExpression: scheduleExpression(view.scheduleMs),
        scheduleExpressionTimezone: 'UTC',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: props.machine.stateMachineArn,
          roleArn: role.roleArn,
          input: JSON.stringify({ view: view.name, cause: 'schedule' }),
          retryPolicy: { maximumEventAgeInSeconds: RETRY_SECONDS, maximumRetryAttempts: RETRIES },
        },
      });
      schedule.addResourceDependency(group);
    }
  }
}
