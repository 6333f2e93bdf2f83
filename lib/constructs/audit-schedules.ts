import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Model } from '../../core/definitions/model.ts';
import { allow } from '../permissions/grant.ts';
import { ServiceRole } from './service-role.ts';

export interface AuditSchedulesProps {
  readonly groupName: string;
  readonly models: readonly Model[];
  /** The flow `skew-audit`. */
  readonly machine: StateMachine;
}

const RETRY_SECONDS = 900;
const RETRIES = 3;
const FLEXIBLE_MINUTES = 15;

/** Audits the vectors that each model was served, every hour at some minute of its own. */
export class AuditSchedules extends Construct {
  constructor(scope: Construct, id: string, { groupName, models, machine }: AuditSchedulesProps) {
    super(scope, id);
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: 'Schedules: start skew audits',
      isForThisAccountOnly: true,
      grants: [allow('states:StartExecution', machine.stateMachineArn)],
    });
    for (const { name } of models) {
      new CfnSchedule(this, name, {
        groupName,
        description: `Audits the feature vectors that model ${name} was served`,
        scheduleExpression: 'rate(1 hour)',
        flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: FLEXIBLE_MINUTES },
        target: {
          arn: machine.stateMachineArn,
          roleArn: role.roleArn,
          input: JSON.stringify({ model: name, cause: 'schedule' }),
          retryPolicy: { maximumEventAgeInSeconds: RETRY_SECONDS, maximumRetryAttempts: RETRIES },
        },
      });
    }
  }
}
