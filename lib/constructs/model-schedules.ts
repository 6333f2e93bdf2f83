import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Flow } from '../../contracts/flows.ts';
import { HOUR_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import { allow } from '../permissions/grant.ts';
import { scheduleExpression } from '../schedule-expression.ts';
import { ServiceRole } from './service-role.ts';

/** Flows that are started for a model by the clock. */
export type ScheduledFlow = Extract<Flow, 'skew-audit' | 'drift-scan' | 'batch-predict'>;

export interface ModelSchedulesProps {
  /** Of the schedule group, which has to be there already. */
  readonly groupName: string;
  readonly model: Model;
  readonly machines: Readonly<Record<ScheduledFlow, IStateMachine>>;
}

interface Due {
  readonly flow: ScheduledFlow;
  readonly id: string;
  readonly description: string;
  /** The hourly audit may run at any minute; the others keep to the ticks of what the definition says. */
  readonly expression: string;
  readonly flexibleMinutes: number | null;
}

const RETRY_SECONDS = 900;
const RETRIES = 3;
const FLEXIBLE_MINUTES = 15;

/** What is done for one model again and again: audits of what it was served, scans, answers before they are asked for. */
export class ModelSchedules extends Construct {
  constructor(scope: Construct, id: string, { groupName, model, machines }: ModelSchedulesProps) {
    super(scope, id);
    const due = dueFor(model);
    const { role } = new ServiceRole(this, 'Access', {
      service: 'scheduler.amazonaws.com',
      description: `Schedules of model ${model.name}`,
      isForThisAccountOnly: true,
      grants: [
        allow(
          'states:StartExecution',
          due.map(({ flow }) => machines[flow].stateMachineArn),
        ),
      ],
    });
    for (const { flow, id: name, description, expression, flexibleMinutes } of due) {
      new CfnSchedule(this, name, {
        groupName,
        description,
        scheduleExpression: expression,
        scheduleExpressionTimezone: 'UTC',
        flexibleTimeWindow:
          flexibleMinutes === null ? { mode: 'OFF' } : { mode: 'FLEXIBLE', maximumWindowInMinutes: flexibleMinutes },
        target: {
          arn: machines[flow].stateMachineArn,
          roleArn: role.roleArn,
          input: JSON.stringify({ model: model.name, cause: 'schedule', actor: 'headgate:schedule' }),
          retryPolicy: { maximumEventAgeInSeconds: RETRY_SECONDS, maximumRetryAttempts: RETRIES },
        },
      });
    }
  }
}

function dueFor({ name, monitoring: { drift, performance }, serving: { precomputed } }: Model): readonly Due[] {
  const due: Due[] = [
    {
      flow: 'skew-audit',
      id: 'SkewAudit',
      description: `Audits the feature vectors that model ${name} was served`,
      expression: 'rate(1 hour)',
      flexibleMinutes: FLEXIBLE_MINUTES,
    },
  ];
  if (drift !== null || performance !== null) {
    due.push({
      flow: 'drift-scan',
      id: 'Scan',
      description: `Looks at what model ${name} is asked, answers and gets right`,
      expression: scheduleExpression(drift?.everyMs ?? HOUR_MS),
      flexibleMinutes: null,
    });
  }
  if (precomputed !== null) {
    due.push({
      flow: 'batch-predict',
      id: 'BatchPrediction',
      description: `Computes the answers of model ${name} before they are asked for`,
      expression: scheduleExpression(precomputed.everyMs),
      flexibleMinutes: null,
    });
  }
  return due;
}
