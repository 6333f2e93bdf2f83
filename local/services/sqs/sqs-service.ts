import * as z from 'zod';
import { AwsError, type Caller, type LocalService, type Operation, type Region } from '../../service.ts';
import { readInput, readProperties, templateBoolean, templateNumber, templateTags } from '../read-document.ts';
import { policyLetsServiceIn } from '../resource-policy.ts';
import { callingService, refuseService } from '../service-caller.ts';
import { queueNameOf, queueUrlOf } from './queue-url.ts';
import { type Message, md5, type QueueSettings, Queues } from './queues.ts';

const MAX_MESSAGE_BYTES = 1_048_576;

const QueueProperties = z.strictObject({
  QueueName: z.string().optional(),
  VisibilityTimeout: templateNumber.default(30),
  MessageRetentionPeriod: templateNumber.default(345_600),
  DelaySeconds: templateNumber.default(0),
  ReceiveMessageWaitTimeSeconds: templateNumber.optional(),
  MaximumMessageSize: templateNumber.optional(),
  SqsManagedSseEnabled: templateBoolean.optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: templateNumber.optional(),
  RedriveAllowPolicy: z.unknown().optional(),
  RedrivePolicy: z.undefined('redrive from one queue to another is not supported by the laptop region').optional(),
  FifoQueue: z.undefined('FIFO queues are not supported by the laptop region').optional(),
  Tags: templateTags,
});
const PolicyProperties = z.strictObject({
  Queues: z.array(z.string()),
  PolicyDocument: z.record(z.string(), z.unknown()),
});

const ByUrl = z.object({ QueueUrl: z.string() });
const Send = ByUrl.extend({
  MessageBody: z.string().min(1),
  MessageAttributes: z.record(z.string(), z.unknown()).optional(),
  DelaySeconds: z.number().int().min(0).max(900).optional(),
});
const Receive = ByUrl.extend({
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  VisibilityTimeout: z.number().int().min(0).max(43_200).optional(),
});
const Delete = ByUrl.extend({ ReceiptHandle: z.string() });

/** SQS on the laptop: standard queues, for dead letters. */
export function makeSqsService(region: Region): LocalService {
  const queues = new Queues(region);
  const policies = new Map<string, unknown>();

  const find = (input: unknown, caller: Caller, action: string): QueueSettings => {
    const name = queueNameOf(readInput(ByUrl, input).QueueUrl);
    const queue = queues.find(name);
    if (queue === undefined) {
      throw new AwsError('QueueDoesNotExist', `The specified queue "${name}" does not exist.`);
    }
    if (callingService(caller) === undefined) region.authorize(caller, `sqs:${action}`, queue.arn);
    else if (!policyLetsServiceIn(policies.get(queue.name), caller, `sqs:${action}`, queue.arn, region.accountId)) {
      throw refuseService(caller, `sqs:${action}`, queue.arn);
    }
    return queue;
  };

  const operations: Readonly<Record<string, Operation>> = {
    SendMessage: async (input, caller) => {
      const queue = find(input, caller, 'SendMessage');
      const request = readInput(Send, input);
      if (Buffer.byteLength(request.MessageBody) > MAX_MESSAGE_BYTES) {
        throw new AwsError('InvalidParameterValue', `Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`);
      }
      const sent = queues.send(queue, request.MessageBody, request.MessageAttributes, request.DelaySeconds);
      return { MessageId: sent.id, MD5OfMessageBody: md5(sent.body) };
    },
    ReceiveMessage: async (input, caller) => {
      const queue = find(input, caller, 'ReceiveMessage');
      const request = readInput(Receive, input);
      const received = queues.receive(queue, request.MaxNumberOfMessages, request.VisibilityTimeout);
      return received.length === 0 ? {} : { Messages: received.map(document) };
    },
    DeleteMessage: async (input, caller) => {
      const queue = find(input, caller, 'DeleteMessage');
      const { ReceiptHandle } = readInput(Delete, input);
      if (!queues.delete(queue, ReceiptHandle)) {
        throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${ReceiptHandle}" is not valid.`);
      }
      return {};
    },
    PurgeQueue: async (input, caller) => {
      queues.purge(find(input, caller, 'PurgeQueue'));
      return {};
    },
    GetQueueUrl: async (input, caller) => {
      const { QueueName } = readInput(z.object({ QueueName: z.string() }), input);
      const queue = find({ QueueUrl: QueueName }, caller, 'GetQueueUrl');
      return { QueueUrl: queueUrlOf(region, queue.arn) };
    },
    GetQueueAttributes: async (input, caller) => {
      const queue = find(input, caller, 'GetQueueAttributes');
      const messages = queues.messages(queue);
      const nowMs = region.clock.now().getTime();
      const visible = messages.filter(({ visibleAtMs }) => visibleAtMs <= nowMs);
      return {
        Attributes: {
          QueueArn: queue.arn,
          ApproximateNumberOfMessages: String(visible.length),
          ApproximateNumberOfMessagesNotVisible: String(messages.length - visible.length),
          VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
          MessageRetentionPeriod: String(queue.retentionSeconds),
        },
      };
    },
  };

  return {
    signingNames: ['sqs'],
    operations,
    resources: {
      'AWS::SQS::Queue': {
        provision: async (request) => {
          const properties = readProperties(QueueProperties, request, 'AWS::SQS::Queue');
          const name = properties.QueueName ?? request.generatedName;
          const arn = `arn:aws:sqs:${region.regionName}:${region.accountId}:${name}`;
          queues.put({
            name,
            arn,
            visibilityTimeoutSeconds: properties.VisibilityTimeout,
            retentionSeconds: properties.MessageRetentionPeriod,
            delaySeconds: properties.DelaySeconds,
          });
          const url = queueUrlOf(region, arn);
          return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
        },
        remove: async ({ ref }) => queues.forget(queueNameOf(ref)),
      },
      'AWS::SQS::QueuePolicy': {
        provision: async (request) => {
          const { Queues: urls, PolicyDocument } = readProperties(PolicyProperties, request, 'AWS::SQS::QueuePolicy');
          for (const url of urls) policies.set(queueNameOf(url), PolicyDocument);
          return { ref: request.generatedName, attributes: { Id: request.generatedName } };
        },
      },
    },
  };
}

function document(message: Message): object {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: {
      SentTimestamp: String(message.sentAtMs),
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
    },
    ...(message.attributes === undefined ? {} : { MessageAttributes: message.attributes }),
  };
}
