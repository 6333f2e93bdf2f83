import { readFileSync } from 'node:fs';
import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Flow } from '../../contracts/flows.ts';
import { allow, type Grant } from '../permissions/grant.ts';
import { sendTraces } from './platform-function.ts';
import { ServiceRole } from './service-role.ts';

export interface FlowMachineProps {
  readonly flow: Flow;
  /** Name of the machine; the names of its executions are part of the HTTP API. */
  readonly name: string;
  /** Value of every placeholder in the definition. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** ARNs of the functions it invokes. */
  readonly functionArns: readonly string[];
  readonly grants: readonly Grant[];
  readonly logRetention: RetentionDays;
}

/** Execution history is kept by Step Functions for 90 days; the log keeps it for as long as the stage's other logs. */
export class FlowMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: FlowMachineProps) {
    super(scope, id);
    const logs = new LogGroup(this, 'Logs', {
      // log delivery adds each group to one resource policy of the account, which this prefix keeps short
      logGroupName: `/aws/vendedlogs/states/${props.name}`,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { role } = new ServiceRole(this, 'Access', {
      service: 'states.amazonaws.com',
      description: `State machine ${props.name}`,
      isForThisAccountOnly: true,
      grants: [
        allow('lambda:InvokeFunction', props.functionArns),
        deliverLogs(),
        sendTraces(),
        readSamplingRules(),
        ...props.grants,
      ],
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: props.name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(readDefinition(props.flow)),
      definitionSubstitutions: { ...props.substitutions },
      role: role.withoutPolicyUpdates(),
      logs: { destination: logs, level: LogLevel.ALL, includeExecutionData: true },
      tracingEnabled: true,
    });
  }
}

/** The text of state-machines/<flow>.asl.json without its white space. */
function readDefinition(flow: Flow): string {
  const file = new URL(`../../state-machines/${flow}.asl.json`, import.meta.url);
  return JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
}

/** A machine decides itself which executions it traces. Source: AWS Step Functions developer guide, X-Ray permissions. */
function readSamplingRules(): Grant {
  return allow(['xray:GetSamplingRules', 'xray:GetSamplingTargets'], '*', {
    because: 'X-Ray has no resources to name',
  });
}

/** Source: AWS Step Functions developer guide, logging to CloudWatch Logs. */
function deliverLogs(): Grant {
  return allow(
    [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    '*',
    { because: 'the actions of log delivery have no resources to name' },
  );
}
