import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import type { RunningRegion } from '../../local/region.ts';

const BUS = 'headgate-dev';

/** Events that a rollout of the model has ended: each has its retraining looked at, and says nothing new. */
export async function lateEvents(region: RunningRegion, model: string, count: number): Promise<void> {
  const client = new EventBridgeClient(access(region));
  const entry = {
    EventBusName: BUS,
    Source: 'headgate.dev',
    DetailType: 'headgate.rollout.promoted',
    Detail: JSON.stringify({ subject: model, data: {} }),
  };
  const put = () => client.send(new PutEventsCommand({ Entries: [entry] }));
  const answers = await Promise.all(Array.from({ length: count }, put));
  client.destroy();
  const failed = answers.filter(({ FailedEntryCount }) => FailedEntryCount !== 0);
  if (failed.length > 0) throw new Error(`${failed.length} events were not taken`);
}

/** Names of the executions of the flow `train` for a model, whatever started them. */
export async function trainingsOf(region: RunningRegion, model: string): Promise<readonly string[]> {
  const client = new SFNClient(access(region));
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
  const names: string[] = [];
  for (const { stateMachineArn } of stateMachines.filter(({ name }) => /train/i.test(name ?? ''))) {
    const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
    for (const { executionArn, name } of executions) {
      const { input = '{}' } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if ((JSON.parse(input) as { readonly model?: string }).model === model) names.push(name!);
    }
  }
  client.destroy();
  return names;
}

function access({ endpointUrl, regionName, credentials }: RunningRegion) {
  return { endpoint: endpointUrl, region: regionName, credentials };
}
