import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../local/service.ts';
import { type EventsService, makeEventsService } from '../../local/services/events/events-service.ts';
import { makeLogsService } from '../../local/services/logs/logs-service.ts';
import { makeSqsService } from '../../local/services/sqs/sqs-service.ts';
import { fakeEndpoint } from './fake-endpoint.ts';
import { keepingFunctions, keepingService, type MessagingLab, messagingLab, until } from './messaging-lab.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';
const ROLE = 'arn:aws:iam::000000000000:role/events';

let lab: MessagingLab;
let functions: ReturnType<typeof keepingFunctions>;
let events: EventsService;
let machines: ReturnType<typeof keepingService>;
let startFailure: AwsError | undefined;

beforeEach(async () => {
  functions = keepingFunctions();
  startFailure = undefined;
  machines = keepingService('states', {
    StartExecution: () => {
      if (startFailure !== undefined) throw startFailure;
      return {};
    },
  });
  lab = messagingLab([
    (region) => {
      events = makeEventsService(region, functions);
      return events;
    },
    makeSqsService,
    makeLogsService,
    () => machines,
  ]);
  await events.resume?.();
});
afterEach(() => lab.remove());

const target = (rest: object = {}) => ({ Id: 'T', Arn: FUNCTION, ...rest });
const rule = (properties: object, logicalId?: string) =>
  lab.up('AWS::Events::Rule', { EventPattern: { source: ['me'] }, ...properties }, logicalId);
const put = (Detail: object, rest: object = {}) =>
  lab.call('events', 'PutEvents', {
    Entries: [{ Source: 'me', DetailType: 'Happened', Detail: JSON.stringify(Detail), ...rest }],
  });

describe('an event on a bus', () => {
  it('reaches the function of a rule that wants it, and no other', async () => {
    const { arn } = await rule({ Targets: [target()] });
    await rule({ EventPattern: { source: ['you'] }, Targets: [target()] }, 'Other');
    await put({ a: 1 }, { Resources: ['r'] });
    await until(() => functions.received.length === 1);
    expect(functions.received[0]).toMatchObject({
      principal: 'events.amazonaws.com',
      sourceArn: arn,
      functionArn: FUNCTION,
      payload: { source: 'me', 'detail-type': 'Happened', detail: { a: 1 }, resources: ['r'], version: '0' },
    });
  });

  it.each([
    ['a constant', { Input: '{"k":1}' }, { k: 1 }],
    ['a part', { InputPath: '$.detail.list[1]' }, 'y'],
    [
      'a template',
      {
        InputTransformer: {
          InputPathsMap: { n: '$.detail.n', t: '$.detail.text', gone: '$.detail.gone' },
          InputTemplate: '{"n":<n>,"t":<t>,"in":"<t> and <n>","gone":<gone>,"rule":<aws.events.rule-name>}',
        },
      },
      { n: 7, t: 'a "b"', in: 'a "b" and 7', gone: null, rule: 'Test-Thing-abc' },
    ],
  ])('is sent as %s', async (_why, input, expected) => {
    await rule({ Targets: [target(input)] });
    await put({ n: 7, text: 'a "b"', list: ['x', 'y'] });
    await until(() => functions.received.length === 1);
    expect(functions.received[0]?.payload).toEqual(expected);
  });

  it('starts a machine as the role of the target, once even when a try is repeated', async () => {
    await rule({ Targets: [target({ Arn: MACHINE, RoleArn: ROLE })] });
    startFailure = new AwsError('ServiceUnavailable', 'not now', 503);
    await put({});
    await until(() => machines.calls.length > 1);
    startFailure = new AwsError('ExecutionAlreadyExists', 'a lost answer');
    const names = new Set(machines.calls.map(({ input }) => input['name']));
    expect(names.size).toBe(1);
    expect(machines.calls[0]).toMatchObject({ operation: 'StartExecution', roleArn: ROLE });
  });

  it('goes to the dead-letter queue when the target refuses it for good', async () => {
    const queue = await lab.up('AWS::SQS::Queue', {});
    const { arn } = await rule({
      Targets: [target({ Arn: MACHINE, RoleArn: ROLE, DeadLetterConfig: { Arn: queue.arn } })],
    });
    await lab.up('AWS::SQS::QueuePolicy', {
      Queues: [queue.ref],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: queue.arn,
            Condition: { ArnEquals: { 'aws:SourceArn': arn } },
          },
        ],
      },
    });
    startFailure = new AwsError('AccessDeniedException', 'no');
    await put({ lost: true });
    let message: Record<string, unknown> | undefined;
    await until(async () => {
      const { Messages } = await lab.call('sqs', 'ReceiveMessage', { QueueUrl: queue.ref });
      message = (Messages as Record<string, unknown>[] | undefined)?.[0];
      return message !== undefined;
    });
    expect(JSON.parse(String(message?.['Body']))).toMatchObject({ detail: { lost: true } });
    expect(message?.['MessageAttributes']).toMatchObject({ ERROR_CODE: { StringValue: 'AccessDeniedException' } });
  });

  it('is written to a log group that lets EventBridge in', async () => {
    const { ref: group, arn } = await lab.up('AWS::Logs::LogGroup', { LogGroupName: '/aws/events/all' });
    await lab.up('AWS::Logs::ResourcePolicy', {
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: ['events.amazonaws.com'] },
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: arn,
          },
        ],
      }),
    });
    await rule({ Targets: [target({ Arn: arn.replace(/:\*$/, '') })] });
    await put({ kept: 1 });
    await until(async () => {
      const found = await lab.call('logs', 'FilterLogEvents', { logGroupName: group, filterPattern: 'kept' });
      return (found['events'] as unknown[]).length === 1;
    });
  });

  it('goes on to another bus', async () => {
    const bus = await lab.up('AWS::Events::EventBus', { Name: 'other' });
    await rule({ Targets: [target({ Arn: bus.arn })] });
    await rule({ EventBusName: 'other', Targets: [target()] }, 'OnOther');
    await put({ hop: 1 });
    await until(() => functions.received.length === 1);
  });

  it('comes from an AWS service by way of the region', async () => {
    await rule({ EventPattern: { source: ['aws.states'] }, Targets: [target()] });
    events.deliverServiceEvent({ source: 'aws.states', detailType: 'Change', detail: { status: 'FAILED' } });
    await until(() => functions.received.length === 1);
  });

  it('waits on disk for the next start when the region is killed before it is delivered', async () => {
    await rule({ Targets: [target({ Arn: MACHINE, RoleArn: ROLE })] });
    startFailure = new AwsError('ServiceUnavailable', 'not now', 503);
    await put({ a: 1 });
    await until(() => machines.calls.length > 0);
    await events.stop?.();
    const before = machines.calls.length;
    startFailure = undefined;
    const next = makeEventsService(lab.region, functions);
    await next.resume?.();
    await until(() => machines.calls.length > before);
    await next.stop?.();
  });
});

describe('PutEvents', () => {
  it('takes and refuses each entry for itself, through the SDK', async () => {
    const endpoint = await fakeEndpoint(lab.region);
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new EventBridgeClient({ endpoint: endpoint.url, region: 'us-east-1', credentials });
    const Entry = { Source: 'me', DetailType: 't', Detail: '{}', Time: new Date() };
    const answer = await client.send(
      new PutEventsCommand({
        Entries: [
          Entry,
          { ...Entry, Detail: '{' },
          { ...Entry, Source: undefined },
          { ...Entry, Source: 'aws.s3' },
          { ...Entry, EventBusName: 'gone' },
        ],
      }),
    );
    expect(answer.FailedEntryCount).toBe(4);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      'ResourceNotFoundException',
    ]);
    const tooMany = Array.from({ length: 11 }, () => Entry);
    await expect(client.send(new PutEventsCommand({ Entries: tooMany }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    client.destroy();
    await endpoint.close();
  });

  it('refuses 1 MB and more, and callers without the right', async () => {
    await expect(put({ big: 'x'.repeat(1_048_576) })).rejects.toMatchObject({ code: 'ValidationException' });
    lab.region.denied.add('events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/default');
    await expect(put({})).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});

describe('a rule with a schedule', () => {
  it('fires in the region’s time until it is disabled', async () => {
    // a minute at speed 1000 is 60 ms
    await rule({ EventPattern: undefined, ScheduleExpression: 'rate(1 minute)', Targets: [target()] });
    await until(() => functions.received.length >= 2);
    expect(functions.received[0]?.payload).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event' });
    await lab.call('events', 'DisableRule', { Name: 'Test-Thing-abc' });
    const fired = functions.received.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(functions.received.length).toBe(fired);
  });
});

it.each([
  ['an unknown property', { Sources: [] }, 'Sources'],
  ['a target the laptop has not', { Targets: [{ Id: 'T', Arn: 'arn:aws:ecs:us-east-1:1:cluster/c' }] }, 'ecs'],
  ['an unknown operator', { EventPattern: { a: [{ like: 'x' }] } }, 'like'],
  ['a bad schedule', { ScheduleExpression: 'rate(1 minutes)' }, 'singular'],
  ['an unknown bus', { EventBusName: 'gone' }, 'gone'],
])('a rule with %s stops the start', async (_why, properties, message) => {
  await expect(rule(properties)).rejects.toThrow(message);
});
