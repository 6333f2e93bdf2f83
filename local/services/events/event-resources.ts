import * as z from 'zod';
import type { Region, ResourceRequest, ResourceType } from '../../service.ts';
import { readProperties, templateTags } from '../read-document.ts';
import { parseScheduleExpression } from '../scheduler/schedule-expression.ts';
import { deliveryMembers } from './delivery-members.ts';
import type { EventRouter } from './event-router.ts';
import { checkPattern } from './match-pattern.ts';
import { busNameOf } from './put-events.ts';
import { checkTarget } from './send-to-target.ts';
import { checkPath } from './transform-input.ts';

const BusProperties = z.strictObject({
  Name: z.string(),
  Description: z.string().optional(),
  KmsKeyIdentifier: z.string().optional(),
  DeadLetterConfig: z.undefined('a dead-letter queue of a bus is not supported by the laptop region').optional(),
  LogConfig: z.unknown().optional(),
  Policy: z.unknown().optional(),
  Tags: templateTags,
});

const TargetProperties = z.strictObject({
  Arn: z.string(),
  Id: z.string(),
  RoleArn: z.string().optional(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .strictObject({ InputPathsMap: z.record(z.string(), z.string()).optional(), InputTemplate: z.string() })
    .optional(),
  ...deliveryMembers,
  SqsParameters: z.strictObject({ MessageGroupId: z.string() }).optional(),
});

const RuleProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventBusName: z.string().default('default'),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  RoleArn: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).default('ENABLED'),
  Targets: z.array(TargetProperties).max(5).default([]),
  Tags: templateTags,
});

/** Brings up `AWS::Events::EventBus`, `AWS::Events::EventBusPolicy` and `AWS::Events::Rule`. */
export function eventResources(region: Region, router: EventRouter): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::Events::EventBus': {
      provision: async (request) => {
        const { Name } = readProperties(BusProperties, request, 'AWS::Events::EventBus');
        return { ref: Name, attributes: { Arn: router.addBus(Name), Name } };
      },
    },
    // Who else may put events: on the laptop there is one account, whose roles' own policies decide.
    'AWS::Events::EventBusPolicy': { provision: async (request) => ({ ref: request.generatedName }) },
    'AWS::Events::Rule': {
      provision: (request) => provisionRule(region, router, request),
      remove: async ({ attributes }) => router.forgetRule(attributes?.['Arn'] ?? ''),
    },
  };
}

async function provisionRule(region: Region, router: EventRouter, request: ResourceRequest) {
  const properties = readProperties(RuleProperties, request, 'AWS::Events::Rule');
  const name = properties.Name ?? request.generatedName;
  const busName = busNameOf(properties.EventBusName);
  if (!router.buses.has(busName)) throw new Error(`rule ${request.logicalId}: there is no event bus "${busName}"`);
  try {
    if (properties.EventPattern === undefined && properties.ScheduleExpression === undefined) {
      throw new Error('EventPattern or ScheduleExpression is needed');
    }
    if (properties.EventPattern !== undefined) checkPattern(properties.EventPattern);
    if (properties.ScheduleExpression !== undefined) {
      if (busName !== 'default') throw new Error('ScheduleExpression is supported only on the default event bus');
      parseScheduleExpression(properties.ScheduleExpression, 'UTC', { allowsAt: false });
    }
    for (const target of properties.Targets) {
      checkTarget(target.Arn);
      for (const path of [target.InputPath, ...Object.values(target.InputTransformer?.InputPathsMap ?? {})]) {
        if (path !== undefined) checkPath(path);
      }
    }
  } catch (error) {
    throw new Error(
      `rule ${request.logicalId} (AWS::Events::Rule): ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const path = busName === 'default' ? name : `${busName}/${name}`;
  const arn = `arn:aws:events:${region.regionName}:${region.accountId}:rule/${path}`;
  router.putRule({
    name,
    arn,
    busName,
    description: properties.Description,
    pattern: properties.EventPattern,
    scheduleExpression: properties.ScheduleExpression,
    roleArn: properties.RoleArn,
    state: properties.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
    targets: properties.Targets,
  });
  return { ref: busName === 'default' ? name : `${busName}|${name}`, attributes: { Arn: arn } };
}
