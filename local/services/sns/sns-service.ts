import * as z from 'zod';
import { AwsError, type Caller, type LocalService, type Operation, type Region } from '../../service.ts';
import type { FunctionTarget } from '../events/send-to-target.ts';
import { readInput, readProperties, templateBoolean, templateTags } from '../read-document.ts';
import { policyLetsServiceIn } from '../resource-policy.ts';
import { callingService, refuseService } from '../service-caller.ts';
import { queryResponse, readQuery } from './query-protocol.ts';
import { type Topic, Topics } from './topics.ts';

const MAX_MESSAGE_BYTES = 262_144;
const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

const Protocol = z.enum(['email', 'email-json', 'lambda', 'sqs'], {
  error: 'the laptop region delivers to email, email-json, lambda and sqs',
});
const subscription = {
  Protocol,
  Endpoint: z.string(),
  RawMessageDelivery: templateBoolean.default(false),
  FilterPolicy: z.undefined('filter policies are not supported by the laptop region').optional(),
};
const TopicProperties = z.strictObject({
  TopicName: z.string().optional(),
  DisplayName: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
  SignatureVersion: z.unknown().optional(),
  TracingConfig: z.unknown().optional(),
  FifoTopic: z.undefined('FIFO topics are not supported by the laptop region').optional(),
  Subscription: z.array(z.strictObject(subscription)).default([]),
  Tags: templateTags,
});
const SubscriptionProperties = z.strictObject({ TopicArn: z.string(), ...subscription });
const PolicyProperties = z.strictObject({
  Topics: z.array(z.string()),
  PolicyDocument: z.record(z.string(), z.unknown()),
});

const Publish = z.object({
  TopicArn: z.string().optional(),
  TargetArn: z.string().optional(),
  Message: z.string().min(1),
  Subject: z.string().min(1).max(100).optional(),
  MessageAttributes: z.record(z.string(), z.unknown()).optional(),
});
const ByTopic = z.object({ TopicArn: z.string() });

/** @param functions reaches functions that listen to a topic, by their own policies */
export function makeSnsService(region: Region, functions: FunctionTarget): LocalService {
  const topics = new Topics(region, functions);
  const policies = new Map<string, unknown>();

  const find = (arn: string, caller: Caller, action: string): Topic => {
    if (callingService(caller) === undefined) region.authorize(caller, `sns:${action}`, arn);
    const topic = topics.find(arn);
    if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    if (callingService(caller) !== undefined && !letsIn(policies.get(arn), caller, `sns:${action}`, arn)) {
      throw refuseService(caller, `sns:${action}`, arn);
    }
    return topic;
  };
  /** A topic without a policy of its own has AWS's default, which lets in the alarms of the account. */
  const letsIn = (policy: unknown, caller: Caller, action: string, arn: string): boolean =>
    policy === undefined
      ? caller.principalArn === 'cloudwatch.amazonaws.com'
      : policyLetsServiceIn(policy, caller, action, arn, region.accountId);

  const operations: Readonly<Record<string, Operation>> = {
    Publish: async (input, caller) => {
      const request = readInput(Publish, input, 'InvalidParameter');
      const topic = find(request.TopicArn ?? request.TargetArn ?? '', caller, 'Publish');
      if (Buffer.byteLength(request.Message) > MAX_MESSAGE_BYTES) {
        throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
      }
      const { Message: message, Subject: subject, MessageAttributes: attributes } = request;
      return { MessageId: await topics.publish(topic, { message, subject, attributes }) };
    },
    ListTopics: async (_input, caller) => {
      region.authorize(caller, 'sns:ListTopics', '*');
      return { Topics: topics.all().map(({ arn }) => ({ TopicArn: arn })) };
    },
    GetTopicAttributes: async (input, caller) => {
      const topic = find(readInput(ByTopic, input, 'InvalidParameter').TopicArn, caller, 'GetTopicAttributes');
      const attributes = { TopicArn: topic.arn, DisplayName: topic.displayName ?? '' };
      return { Attributes: attributes };
    },
    ListSubscriptionsByTopic: async (input, caller) => {
      const { arn } = find(readInput(ByTopic, input, 'InvalidParameter').TopicArn, caller, 'ListSubscriptionsByTopic');
      return {
        Subscriptions: topics.subscriptionsOf(arn).map((found) => ({
          SubscriptionArn: found.arn,
          Owner: region.accountId,
          Protocol: found.protocol,
          Endpoint: found.endpoint,
          TopicArn: found.topicArn,
        })),
      };
    },
  };

  const subscribe = (topicArn: string, name: string, given: z.infer<typeof SubscriptionProperties>): string => {
    const arn = `${topicArn}:${name}`;
    const { Protocol: protocol, Endpoint: endpoint, RawMessageDelivery: isRaw } = given;
    topics.subscribe({ arn, topicArn, protocol, endpoint, isRaw });
    return arn;
  };

  return {
    signingNames: ['sns'],
    operations,
    handle: async (request) => {
      const { action, input } = readQuery(request);
      const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
      if (operation === undefined) {
        throw new AwsError('InvalidAction', `the laptop region's SNS has no action "${action}"`);
      }
      const output = await operation(input, request.caller);
      return queryResponse(action, output, NAMESPACE);
    },
    resources: {
      'AWS::SNS::Topic': {
        provision: async (request) => {
          const properties = readProperties(TopicProperties, request, 'AWS::SNS::Topic');
          const name = properties.TopicName ?? request.generatedName;
          const arn = `arn:aws:sns:${region.regionName}:${region.accountId}:${name}`;
          topics.put({ name, arn, displayName: properties.DisplayName });
          for (const [index, given] of properties.Subscription.entries()) {
            subscribe(arn, `${request.logicalId}-${index}`, { ...given, TopicArn: arn });
          }
          return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
        },
      },
      'AWS::SNS::Subscription': {
        provision: async (request) => {
          const properties = readProperties(SubscriptionProperties, request, 'AWS::SNS::Subscription');
          const arn = subscribe(properties.TopicArn, request.generatedName, properties);
          return { ref: arn, attributes: { Arn: arn } };
        },
      },
      'AWS::SNS::TopicPolicy': {
        provision: async (request) => {
          const { Topics: arns, PolicyDocument } = readProperties(PolicyProperties, request, 'AWS::SNS::TopicPolicy');
          for (const arn of arns) policies.set(arn, PolicyDocument);
          return { ref: request.generatedName, attributes: { Id: request.generatedName } };
        },
      },
    },
  };
}
