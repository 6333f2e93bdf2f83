import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { chain, type Lab, makeLab, ROLE, resourceRequest } from './step-functions-lab.ts';

let lab: Lab;
let endpoint: FakeEndpoint;
let client: SFNClient;
beforeEach(async () => {
  lab = makeLab();
  endpoint = await fakeEndpoint(lab.region);
  client = new SFNClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
  await lab.remove();
});

const forever = chain({ Sleep: { Type: 'Wait', Seconds: 99_999_999 } });

describe('the API, through the SDK', () => {
  it('finds the running execution again by name and input, and refuses the name otherwise', async () => {
    const stateMachineArn = await lab.machine(forever);
    const start = (input: string) => client.send(new StartExecutionCommand({ stateMachineArn, name: 'once', input }));
    const first = await start('{"a":1}');
    expect((await start('{"a":1}')).executionArn).toBe(first.executionArn);
    await expect(start('{"a":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await client.send(new StopExecutionCommand({ executionArn: first.executionArn }));
    await expect(start('{"a":1}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    const found = await client.send(new DescribeExecutionCommand({ executionArn: first.executionArn }));
    expect(found).toMatchObject({ status: 'ABORTED', input: '{"a":1}', name: 'once' });
    expect(found.startDate).toBeInstanceOf(Date);
  });

  it('pages through executions by status, newest first', async () => {
    const stateMachineArn = await lab.machine(chain({ P: { Type: 'Pass' } }));
    for (const name of ['a', 'b', 'c']) await lab.end(await lab.start(stateMachineArn, {}, name));
    const first = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED', maxResults: 2 }),
    );
    const second = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED', nextToken: first.nextToken }),
    );
    expect([...(first.executions ?? []), ...(second.executions ?? [])].map(({ name }) => name)).toEqual([
      'c',
      'b',
      'a',
    ]);
  });

  it('gives the history in the words of AWS', async () => {
    const definition = chain({
      P: { Type: 'Pass', Output: 1 },
      W: { Type: 'Wait', Seconds: 0 },
      F: { Type: 'Fail', Error: 'E', Cause: 'C' },
    });
    const { arn: executionArn } = await lab.run(definition);
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.map(({ id, type }) => [id, type])).toEqual([
      [1, 'ExecutionStarted'],
      [2, 'PassStateEntered'],
      [3, 'PassStateExited'],
      [4, 'WaitStateEntered'],
      [5, 'WaitStateExited'],
      [6, 'FailStateEntered'],
      [7, 'ExecutionFailed'],
    ]);
    expect(events?.[2]?.stateExitedEventDetails).toMatchObject({ name: 'P', output: '1' });
    expect(events?.[6]?.executionFailedEventDetails).toEqual({ error: 'E', cause: 'C' });
  });

  it('runs an express machine in one call', async () => {
    const stateMachineArn = await lab.machine(chain({ P: { Type: 'Pass', Output: '{% $states.input.a %}' } }), {
      StateMachineType: 'EXPRESS',
    });
    expect(await lab.call('StartSyncExecution', { stateMachineArn, input: '{"a":[1]}' })).toMatchObject({
      status: 'SUCCEEDED',
      output: '[1]',
    });
  });

  it('answers what is not there, not JSON, or not allowed', async () => {
    const stateMachineArn = await lab.machine(forever);
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}x` })),
    ).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    await expect(client.send(new StartExecutionCommand({ stateMachineArn, input: '{' }))).rejects.toMatchObject({
      name: 'InvalidExecutionInput',
    });
    await expect(client.send(new StartExecutionCommand({ stateMachineArn, name: 'a b' }))).rejects.toMatchObject({
      name: 'InvalidName',
    });
    await expect(client.send(new DescribeExecutionCommand({ executionArn: 'x' }))).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    lab.region.denied.add('states:StartExecution');
    await expect(client.send(new StartExecutionCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('forgets an execution ninety days after its end, as AWS does', async () => {
    const { arn: executionArn } = await lab.run(chain({ P: { Type: 'Pass' } }));
    const store = lab.region.store('states');
    const ended = store.get<object>('executions', executionArn);
    store.put('executions', executionArn, { ...ended, stoppedAtMs: Date.now() - 91 * 86_400_000 });
    await lab.service.resume?.();
    await expect(lab.call('DescribeExecution', { executionArn })).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    });
    expect(store.list(`history ${executionArn}`)).toEqual([]);
  });

  it('announces every change of status on the default bus', async () => {
    await lab.run(chain({ P: { Type: 'Pass' } }));
    const seen = lab.region.events.map(({ source, detailType, detail }) => [source, detailType, detail['status']]);
    expect(seen).toEqual([
      ['aws.states', 'Step Functions Execution Status Change', 'RUNNING'],
      ['aws.states', 'Step Functions Execution Status Change', 'SUCCEEDED'],
    ]);
  });
});

describe('a definition', () => {
  const one = (state: object) => ({ QueryLanguage: 'JSONata', StartAt: 'Bad', States: { Bad: state } });
  it.each([
    ['JSONPath by default', { StartAt: 'Bad', States: { Bad: { Type: 'Pass', End: true } } }, 'JSONPath'],
    ['a JSONPath field', one({ Type: 'Pass', End: true, ResultPath: '$.x' }), 'ResultPath'],
    ['a field nobody knows', one({ Type: 'Wait', End: true, Seconds: 1, Hours: 1 }), 'Hours'],
    ['a result writer', one({ Type: 'Map', End: true, ResultWriter: {}, ItemProcessor: {} }), 'ResultWriter'],
    [
      'credentials',
      one({ Type: 'Task', End: true, Resource: 'arn:aws:states:::lambda:invoke', Credentials: {} }),
      'Credentials',
    ],
    [
      'a task the laptop has not',
      one({ Type: 'Task', End: true, Resource: 'arn:aws:states:::ecs:runTask' }),
      'ecs:runTask',
    ],
    [
      '.sync where AWS has none',
      one({ Type: 'Task', End: true, Resource: 'arn:aws:states:::sagemaker:createEndpoint.sync' }),
      '.sync',
    ],
    ['a dangling Next', one({ Type: 'Pass', Next: 'Gone' }), 'no state "Gone"'],
    ['no way on', one({ Type: 'Pass' }), 'exactly one of Next and End'],
    ['broken JSONata', one({ Type: 'Pass', End: true, Output: '{% 1 + %}' }), 'does not parse'],
    ['an expression left open', one({ Type: 'Pass', End: true, Output: '{% 1' }), 'does not end with %}'],
    [
      'a state out of reach',
      {
        ...one({ Type: 'Pass', End: true }),
        StartAt: 'A',
        States: { A: { Type: 'Succeed' }, Bad: { Type: 'Succeed' } },
      },
      'cannot be reached',
    ],
    ['a wait without an end', one({ Type: 'Wait', End: true }), 'exactly one of Seconds and Timestamp'],
  ])('is refused for %s, naming the state', async (_why, definition, message) => {
    const refusal = lab.machine(definition);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toThrow('/States/Bad');
  });

  it('comes from the asset, with its substitutions made', async () => {
    const assemblyDir = mkdtempSync(join(tmpdir(), 'headgate-assembly-'));
    try {
      const text = JSON.stringify(chain({ P: { Type: 'Pass', Output: { is: `\${Value}` } } }));
      writeFileSync(join(assemblyDir, 'asset.abc123.json'), text);
      const provision = (DefinitionSubstitutions: object) =>
        lab.service.resources!['AWS::StepFunctions::StateMachine']!.provision({
          ...resourceRequest({
            DefinitionS3Location: { Bucket: 'assets', Key: 'abc123.json' },
            DefinitionSubstitutions,
            RoleArn: ROLE,
          }),
          assemblyDir,
        });
      const { ref } = await provision({ Value: 'a "quoted" value' });
      expect((await lab.end(await lab.start(ref))).output).toEqual({ is: 'a "quoted" value' });
      await expect(provision({})).rejects.toThrow(`\${Value}`);
    } finally {
      rmSync(assemblyDir, { recursive: true });
    }
  });

  it('stays with the executions it began', async () => {
    const slow = (Output: string) => chain({ W: { Type: 'Wait', Seconds: 100 }, P: { Type: 'Pass', Output } });
    const executionArn = await lab.start(await lab.machine(slow('old')));
    await lab.machine(slow('new'));
    expect((await lab.end(executionArn)).output).toBe('old');
  });
});
