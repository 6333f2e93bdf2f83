import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FLOWS, type Flow } from '../../contracts/flows.ts';
import { FLOW_FUNCTIONS, flowId } from '../flows.ts';
import type { FunctionName } from '../functions.ts';
import { FLOW_PERMISSIONS } from '../permissions/flow-permissions.ts';
import type { PlatformResources } from '../permissions/resources.ts';
import { machineName } from '../stage-names.ts';
import { FlowMachine } from './flow-machine.ts';

export interface FlowMachinesProps {
  readonly stage: string;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  readonly resources: PlatformResources;
  /** Seconds between two looks at an endpoint that is changing. */
  readonly endpointPollSeconds: number;
  readonly logRetention: RetentionDays;
}

/** Every state machine, each from its file under state-machines/. */
export class FlowMachines extends Construct {
  readonly byFlow: Readonly<Record<Flow, StateMachine>>;

  constructor(scope: Construct, id: string, props: FlowMachinesProps) {
    super(scope, id);
    const made = FLOWS.map((flow) => [flow, this.make(flow, props)] as const);
    this.byFlow = Object.fromEntries(made) as Readonly<Record<Flow, StateMachine>>; // one for each flow
  }

  private make(flow: Flow, props: FlowMachinesProps): StateMachine {
    const { functions, resources, stage } = props;
    const invoked: Readonly<Record<string, FunctionName>> = FLOW_FUNCTIONS[flow];
    const arns = Object.entries(invoked).map(([placeholder, name]) => [placeholder, functions[name].functionArn]);
    return new FlowMachine(this, flowId(flow), {
      flow,
      name: machineName(stage, flow),
      substitutions: { ...Object.fromEntries(arns), ...flowValues(flow, props) },
      functionArns: [...new Set(Object.values(invoked))].map((name) => functions[name].functionArn),
      grants: FLOW_PERMISSIONS[flow](resources),
      logRetention: props.logRetention,
    }).machine;
  }
}

/** Placeholders that are no function. */
function flowValues(
  flow: Flow,
  { resources, endpointPollSeconds }: FlowMachinesProps,
): Readonly<Record<string, string>> {
  switch (flow) {
    case 'train':
      return { RolloutMachineArn: resources.machines.rollout };
    case 'rollout':
      return { EndpointPollSeconds: String(endpointPollSeconds), RolloutMachineArn: resources.machines.rollout };
    case 'ingest':
    case 'ingest-table':
    case 'materialize':
    case 'training-set':
    case 'reconcile':
    case 'skew-audit':
    case 'drift-scan':
    case 'batch-predict':
      return {};
  }
}
