/** State machines in a whole region: real functions, real policies, the wire, and a restart. */

import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { RunningRegion } from '../../local/region.ts';
import { lambdaRole, nodeFunction, writeAssembly } from './fixture-assembly.ts';
import { newStateDir, runningRegions } from './running-regions.ts';
import { chain } from './step-functions-lab.ts';

const regions = runningRegions();

const HANDLER = `
export const handler = async ({ secret }) => {
  if (secret === 'bad') { const error = new Error('no good'); error.name = 'BadSecret'; throw error; }
  return { length: secret.length };
};
`;
const ACTIONS = ['ssm:GetParameter', 'lambda:InvokeFunction', 'events:PutEvents'];

const definition = chain({
  Read: {
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:ssm:getParameter',
    Arguments: { Name: '{% $states.input.name %}' },
    Output: '{% $states.result.Parameter.Value %}',
  },
  Pause: { Type: 'Wait', Seconds: 60 },
  Measure: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `\${Function}`, Payload: { secret: '{% $states.input %}' } },
    Output: '{% $states.result.Payload %}',
  },
  Tell: {
    Type: 'Task',
    Resource: 'arn:aws:states:::events:putEvents',
    Arguments: { Entries: [{ Source: 'test', DetailType: 'Done', Detail: '{% $states.input %}' }] },
    Output: '{% $states.input %}',
  },
});

function assembly(actions: readonly string[]): string {
  const role = lambdaRole([{ Effect: 'Allow', Action: actions, Resource: '*' }]);
  return writeAssembly({
    Flow: {
      assets: { measure: { 'index.mjs': HANDLER } },
      template: {
        Resources: {
          Role: role,
          Function: nodeFunction('measure', 'Role'),
          Good: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/good', Type: 'String', Value: 'four' } },
          Bad: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/bad', Type: 'String', Value: 'bad' } },
          Machine: {
            Type: 'AWS::StepFunctions::StateMachine',
            Properties: {
              RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
              DefinitionString: JSON.stringify(definition),
              DefinitionSubstitutions: { Function: { 'Fn::GetAtt': ['Function', 'Arn'] } },
            },
          },
        },
        Outputs: { Machine: { Value: { Ref: 'Machine' } } },
      },
    },
  });
}

function client(region: RunningRegion): SFNClient {
  return new SFNClient({
    endpoint: region.endpointUrl,
    region: region.regionName,
    credentials: region.credentials,
  });
}

async function start(region: RunningRegion, name: string): Promise<string> {
  const stateMachineArn = region.outputs['Flow']?.['Machine'];
  const input = JSON.stringify({ name });
  const { executionArn } = await client(region).send(new StartExecutionCommand({ stateMachineArn, input }));
  return executionArn!;
}

async function end(region: RunningRegion, executionArn: string) {
  const sfn = client(region);
  for (;;) {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (found.status !== 'RUNNING') return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a state machine in a region', () => {
  it('calls services and functions as its role, and fails with the name of a function’s error', async () => {
    const region = await regions.start({ assemblyDir: assembly(ACTIONS), speed: 1000 });
    expect(await end(region, await start(region, '/good'))).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"length":4}',
    });
    expect(await end(region, await start(region, '/bad'))).toMatchObject({ status: 'FAILED', error: 'BadSecret' });
  });

  it.each([
    ['ssm:GetParameter', 'Ssm.SsmException'],
    ['lambda:InvokeFunction', 'Lambda.AWSLambdaException'],
    ['events:PutEvents', 'EventBridge.AmazonEventBridgeException'],
  ])('is denied what its role lost: %s', async (lost, error) => {
    const actions = ACTIONS.filter((action) => action !== lost);
    const region = await regions.start({ assemblyDir: assembly(actions), speed: 1000 });
    const execution = await end(region, await start(region, '/good'));
    expect(execution).toMatchObject({ status: 'FAILED', error });
    expect(execution.cause).toContain(`not authorized to perform: ${lost}`);
  });

  it('goes on after the region was stopped and started again', async () => {
    const [assemblyDir, stateDir] = [assembly(ACTIONS), newStateDir()];
    const first = await regions.start({ assemblyDir, stateDir, speed: 100 });
    const executionArn = await start(first, '/good');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await first.stop();
    const second = await regions.start({ assemblyDir, stateDir, speed: 100 });
    expect(await end(second, executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"length":4}' });
  });
});
