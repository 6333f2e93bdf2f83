import * as z from 'zod';
import { AwsError, type Caller, type LocalService, type Operation, type Region } from '../../service.ts';
import { page } from '../page.ts';
import { readInput, readProperties, templateBoolean, templateNumber, templateTags } from '../read-document.ts';
import { policyLetsServiceIn } from '../resource-policy.ts';
import { callingService, refuseService } from '../service-caller.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { type LogGroup, LogGroups } from './log-groups.ts';

const GroupProperties = z.strictObject({
  LogGroupName: z.string().optional(),
  RetentionInDays: templateNumber.optional(),
  KmsKeyId: z.string().optional(),
  LogGroupClass: z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']).optional(),
  DataProtectionPolicy: z.unknown().optional(),
  DeletionProtectionEnabled: templateBoolean.optional(),
  FieldIndexPolicies: z.unknown().optional(),
  Tags: templateTags,
});
const StreamProperties = z.strictObject({ LogGroupName: z.string(), LogStreamName: z.string().optional() });
const PolicyProperties = z.strictObject({ PolicyName: z.string(), PolicyDocument: z.string() });

const ByGroup = z.object({ logGroupName: z.string() });
const ByStream = ByGroup.extend({ logStreamName: z.string() });
const Put = ByStream.extend({
  logEvents: z
    .array(z.object({ timestamp: z.number(), message: z.string().min(1) }))
    .min(1)
    .max(10_000),
});
const Filter = ByGroup.extend({
  logStreamNames: z.array(z.string()).optional(),
  logStreamNamePrefix: z.string().default(''),
  startTime: z.number().default(0),
  endTime: z.number().default(Number.MAX_SAFE_INTEGER),
  filterPattern: z.string().default(''),
  limit: z.number().int().min(1).max(10_000).default(10_000),
  nextToken: z.string().optional(),
});
const ListGroups = z.object({
  logGroupNamePrefix: z.string().default(''),
  limit: z.number().int().min(1).max(50).default(50),
  nextToken: z.string().optional(),
});

/** CloudWatch Logs on the laptop, small: groups, streams, events and a search by words. */
export function makeLogsService(region: Region): LocalService {
  const groups = new LogGroups(region);
  const policies = new Map<string, unknown>();
  const arnOf = (name: string) => `arn:aws:logs:${region.regionName}:${region.accountId}:log-group:${name}`;

  const find = (name: string, caller: Caller, action: string): LogGroup => {
    const arn = `${arnOf(name)}:*`;
    if (callingService(caller) === undefined) region.authorize(caller, `logs:${action}`, arn);
    else if (
      ![...policies.values()].some((policy) =>
        policyLetsServiceIn(policy, caller, `logs:${action}`, arn, region.accountId),
      )
    ) {
      throw refuseService(caller, `logs:${action}`, arn);
    }
    const group = groups.find(name);
    if (group === undefined)
      throw new AwsError('ResourceNotFoundException', `The specified log group does not exist: ${name}`);
    return group;
  };
  const needStream = (group: LogGroup, stream: string) => {
    if (!groups.hasStream(group.name, stream)) {
      throw new AwsError('ResourceNotFoundException', `The specified log stream does not exist: ${stream}`);
    }
  };

  const operations: Readonly<Record<string, Operation>> = {
    CreateLogGroup: async (input, caller) => {
      const { logGroupName } = readInput(ByGroup, input, 'InvalidParameterException');
      region.authorize(caller, 'logs:CreateLogGroup', `${arnOf(logGroupName)}:*`);
      if (groups.find(logGroupName) !== undefined) {
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
      }
      groups.put(logGroupName, undefined);
      return {};
    },
    CreateLogStream: async (input, caller) => {
      const { logGroupName, logStreamName } = readInput(ByStream, input, 'InvalidParameterException');
      const group = find(logGroupName, caller, 'CreateLogStream');
      if (!groups.addStream(group.name, logStreamName)) {
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
      }
      return {};
    },
    PutLogEvents: async (input, caller) => {
      const { logGroupName, logStreamName, logEvents } = readInput(Put, input, 'InvalidParameterException');
      const group = find(logGroupName, caller, 'PutLogEvents');
      needStream(group, logStreamName);
      const ingestedAtMs = region.clock.now().getTime();
      groups.append(
        group.name,
        logEvents.map(({ timestamp, message }) => ({
          stream: logStreamName,
          timestampMs: timestamp,
          ingestedAtMs,
          message,
        })),
      );
      return {};
    },
    FilterLogEvents: async (input, caller) => {
      const request = readInput(Filter, input, 'InvalidParameterException');
      const group = find(request.logGroupName, caller, 'FilterLogEvents');
      const matches = patternOf(request.filterPattern);
      const found = groups.events(group.name).filter(({ event }) => {
        if (event.timestampMs < request.startTime || event.timestampMs > request.endTime) return false;
        if (request.logStreamNames !== undefined && !request.logStreamNames.includes(event.stream)) return false;
        return event.stream.startsWith(request.logStreamNamePrefix) && matches(event.message);
      });
      const { items, nextToken } = page(found, request.limit, request.nextToken, 'InvalidParameterException');
      return {
        events: items.map(({ id, event }) => ({
          eventId: id,
          logStreamName: event.stream,
          timestamp: event.timestampMs,
          ingestionTime: event.ingestedAtMs,
          message: event.message,
        })),
        ...(nextToken === undefined ? {} : { nextToken }),
      };
    },
    DescribeLogGroups: async (input, caller) => {
      const request = readInput(ListGroups, input, 'InvalidParameterException');
      region.authorize(caller, 'logs:DescribeLogGroups', '*');
      const found = groups.all().filter(({ name }) => name.startsWith(request.logGroupNamePrefix));
      const { items, nextToken } = page(found, request.limit, request.nextToken, 'InvalidParameterException');
      return {
        logGroups: items.map((group) => ({
          logGroupName: group.name,
          arn: `${arnOf(group.name)}:*`,
          creationTime: group.createdAtMs,
          ...(group.retentionDays === undefined ? {} : { retentionInDays: group.retentionDays }),
        })),
        ...(nextToken === undefined ? {} : { nextToken }),
      };
    },
    DescribeLogStreams: async (input, caller) => {
      const group = find(
        readInput(ByGroup, input, 'InvalidParameterException').logGroupName,
        caller,
        'DescribeLogStreams',
      );
      return {
        logStreams: groups
          .streams(group.name)
          .map(({ name, createdAtMs }) => ({ logStreamName: name, creationTime: createdAtMs })),
      };
    },
  };

  return {
    signingNames: ['logs'],
    operations,
    resources: {
      'AWS::Logs::LogGroup': {
        provision: async (request) => {
          const properties = readProperties(GroupProperties, request, 'AWS::Logs::LogGroup');
          const name = properties.LogGroupName ?? request.generatedName;
          groups.put(name, properties.RetentionInDays);
          return { ref: name, attributes: { Arn: `${arnOf(name)}:*` } };
        },
        remove: async ({ ref }) => groups.remove(ref),
      },
      'AWS::Logs::LogStream': {
        provision: async (request) => {
          const properties = readProperties(StreamProperties, request, 'AWS::Logs::LogStream');
          const name = properties.LogStreamName ?? request.generatedName;
          groups.addStream(properties.LogGroupName, name);
          return { ref: name };
        },
      },
      'AWS::Logs::ResourcePolicy': {
        provision: async (request) => {
          const { PolicyName, PolicyDocument } = readProperties(PolicyProperties, request, 'AWS::Logs::ResourcePolicy');
          policies.set(PolicyName, JSON.parse(PolicyDocument));
          return { ref: PolicyName };
        },
      },
    },
  };
}

function patternOf(source: string): (message: string) => boolean {
  try {
    return parseFilterPattern(source);
  } catch (error) {
    throw new AwsError('InvalidParameterException', error instanceof Error ? error.message : String(error));
  }
}
