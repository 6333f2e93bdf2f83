import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceCaller } from '../../local/services/service-caller.ts';
import { makeSnsService } from '../../local/services/sns/sns-service.ts';
import { makeSqsService } from '../../local/services/sqs/sqs-service.ts';
import { makeSsmService } from '../../local/services/ssm/ssm-service.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { keepingFunctions, type MessagingLab, messagingLab } from './messaging-lab.ts';

let lab: MessagingLab;
let functions: ReturnType<typeof keepingFunctions>;
let endpoint: FakeEndpoint;
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  functions = keepingFunctions();
  lab = messagingLab([makeSsmService, makeSqsService, (region) => makeSnsService(region, functions)]);
  endpoint = await fakeEndpoint(lab.region);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await endpoint.close();
  await lab.remove();
});

function options() {
  return { endpoint: endpoint.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
}

describe('SSM', () => {
  it('gives parameters by name, ARN and path, through the SDK', async () => {
    const client = new SSMClient(options());
    clients.push(client);
    await lab.up('AWS::SSM::Parameter', { Name: '/headgate/dev/bucket', Type: 'String', Value: 'b' });
    const put = (Name: string, Value: string, Overwrite?: boolean) =>
      client.send(new PutParameterCommand({ Name, Value, Type: 'String', ...(Overwrite && { Overwrite }) }));
    await put('/headgate/dev/deep/x', '1');
    await expect(put('/headgate/dev/deep/x', '2')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect((await put('/headgate/dev/deep/x', '2', true)).Version).toBe(2);
    const arn = 'arn:aws:ssm:us-east-1:000000000000:parameter/headgate/dev/bucket';
    expect((await client.send(new GetParameterCommand({ Name: arn }))).Parameter).toMatchObject({
      Value: 'b',
      ARN: arn,
    });
    const names = async (Recursive: boolean) =>
      (await client.send(new GetParametersByPathCommand({ Path: '/headgate/dev', Recursive }))).Parameters?.map(
        ({ Name }) => Name,
      );
    expect(await names(false)).toEqual(['/headgate/dev/bucket']);
    expect(await names(true)).toEqual(['/headgate/dev/bucket', '/headgate/dev/deep/x']);
    await expect(client.send(new GetParameterCommand({ Name: 'gone' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    lab.region.denied.add(`ssm:GetParameter ${arn}`);
    await expect(client.send(new GetParameterCommand({ Name: arn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('SNS', () => {
  it('hands a message to mail, functions and queues that let it in', async () => {
    const queue = await lab.up('AWS::SQS::Queue', {});
    const topic = await lab.up('AWS::SNS::Topic', {
      TopicName: 'alarms',
      Subscription: [{ Protocol: 'email', Endpoint: 'ops@example.com' }],
    });
    const subscribe = (Protocol: string, Endpoint: string, rest: object = {}) =>
      lab.up('AWS::SNS::Subscription', { TopicArn: topic.ref, Protocol, Endpoint, ...rest }, Protocol);
    await subscribe('lambda', 'arn:aws:lambda:us-east-1:000000000000:function:f');
    await subscribe('sqs', queue.arn, { RawMessageDelivery: true });
    const client = new SNSClient(options());
    clients.push(client);
    const publish = () =>
      client.send(
        new PublishCommand({
          TopicArn: topic.ref,
          Message: 'a <b> & c',
          Subject: 'S',
          MessageAttributes: { kind: { DataType: 'String', StringValue: 'k' } },
        }),
      );
    expect((await publish()).MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(readFileSync(join(lab.region.stateDir, 'sns', 'alarms.mail'), 'utf8')).toContain('a <b> & c');
    expect(functions.received[0]).toMatchObject({
      principal: 'sns.amazonaws.com',
      sourceArn: topic.ref,
      payload: { Records: [{ Sns: { Message: 'a <b> & c', MessageAttributes: { kind: { StringValue: 'k' } } } }] },
    });
    const receive = async () => (await lab.call('sqs', 'ReceiveMessage', { QueueUrl: queue.ref }))['Messages'];
    expect(await receive()).toBeUndefined();
    expect(lab.region.logs.some((line) => line.includes('could not reach sqs'))).toBe(true);
    const Statement = [
      { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queue.arn },
    ];
    await lab.up('AWS::SQS::QueuePolicy', { Queues: [queue.ref], PolicyDocument: { Statement } });
    await publish();
    expect(await receive()).toMatchObject([{ Body: 'a <b> & c' }]);
    const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic.ref }));
    expect(Subscriptions?.map(({ Protocol }) => Protocol)).toEqual(['email', 'lambda', 'sqs']);
    await expect(client.send(new PublishCommand({ TopicArn: `${topic.ref}x`, Message: 'm' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('lets alarms in by its default policy, and other services only by one of its own', async () => {
    const { ref: TopicArn } = await lab.up('AWS::SNS::Topic', {});
    const publish = (principal: `${string}.amazonaws.com`) =>
      lab.region.invoke('sns', 'Publish', { TopicArn, Message: 'm' }, serviceCaller(principal, 'arn:x'));
    await expect(publish('cloudwatch.amazonaws.com')).resolves.toHaveProperty('MessageId');
    await expect(publish('events.amazonaws.com')).rejects.toMatchObject({ code: 'AccessDeniedException' });
    const Statement = [
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: TopicArn },
    ];
    await lab.up('AWS::SNS::TopicPolicy', { Topics: [TopicArn], PolicyDocument: { Statement } });
    await expect(publish('events.amazonaws.com')).resolves.toHaveProperty('MessageId');
    await expect(publish('cloudwatch.amazonaws.com')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});

describe('SQS', () => {
  it('hides a received message, gives it again, and deletes it by its latest receipt', async () => {
    const { ref: QueueUrl } = await lab.up('AWS::SQS::Queue', { VisibilityTimeout: 0 });
    const call = (operation: string, input: object = {}) => lab.call('sqs', operation, { QueueUrl, ...input });
    await call('SendMessage', { MessageBody: 'one' });
    await call('SendMessage', { MessageBody: 'two', DelaySeconds: 900 });
    const receive = async (rest: object = {}) =>
      ((await call('ReceiveMessage', { MaxNumberOfMessages: 10, ...rest }))['Messages'] ?? []) as Record<
        string,
        string
      >[];
    const [first] = await receive();
    const [second] = await receive({ VisibilityTimeout: 600 });
    expect([first?.['Body'], second?.['Body']]).toEqual(['one', 'one']);
    expect(await receive()).toEqual([]);
    await call('DeleteMessage', { ReceiptHandle: first?.['ReceiptHandle'] });
    const { Attributes } = await call('GetQueueAttributes', { AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '2' });
    await call('DeleteMessage', { ReceiptHandle: second?.['ReceiptHandle'] });
    await call('PurgeQueue');
    expect((await call('GetQueueAttributes'))['Attributes']).toMatchObject({
      ApproximateNumberOfMessagesNotVisible: '0',
    });
    await expect(call('DeleteMessage', { ReceiptHandle: 'nonsense' })).rejects.toMatchObject({
      code: 'ReceiptHandleIsInvalid',
    });
    await expect(call('SendMessage', { QueueUrl: 'http://127.0.0.1/0/gone', MessageBody: 'x' })).rejects.toMatchObject({
      code: 'QueueDoesNotExist',
    });
  });
});
