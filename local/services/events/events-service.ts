import * as z from 'zod';
import { AwsError, type LocalService, type Operation, type Region } from '../../service.ts';
import { page } from '../page.ts';
import { readInput } from '../read-document.ts';
import { eventResources } from './event-resources.ts';
import { EventRouter } from './event-router.ts';
import { busArn, busNameOf, putEvents } from './put-events.ts';
import type { Rule } from './rules.ts';
import type { FunctionTarget } from './send-to-target.ts';

export interface EventsService extends LocalService {
  /** Takes an event of an AWS service to the default bus; the region's `emit` ends here. Never throws. */
  deliverServiceEvent(event: Parameters<Region['emit']>[0]): void;
}

const ByBus = z.object({ EventBusName: z.string().default('default') });
const ByRule = ByBus.extend({ Name: z.string() });
const List = ByBus.extend({
  NamePrefix: z.string().default(''),
  NextToken: z.string().optional(),
  Limit: z.number().int().min(1).max(100).default(100),
});

/** @param functions reaches functions by their own policies, as rules without a role do */
export function makeEventsService(region: Region, functions: FunctionTarget): EventsService {
  const router = new EventRouter(region, functions);

  const findRule = (input: unknown, caller: Parameters<Operation>[1], action: string): Rule => {
    const { Name, EventBusName } = readInput(ByRule, input);
    const rule = router.rules(busNameOf(EventBusName)).find(({ name }) => name === Name);
    const arn = `arn:aws:events:${region.regionName}:${region.accountId}:rule/${Name}`;
    region.authorize(caller, `events:${action}`, rule?.arn ?? arn);
    if (rule === undefined) throw new AwsError('ResourceNotFoundException', `Rule ${Name} does not exist.`);
    return rule;
  };

  return {
    signingNames: ['events'],
    operations: {
      PutEvents: putEvents(region, router),
      DescribeRule: async (input, caller) => describe(findRule(input, caller, 'DescribeRule')),
      ListTargetsByRule: async (input, caller) => {
        const { Rule: Name, ...rest } = input;
        return { Targets: findRule({ ...rest, Name }, caller, 'ListTargetsByRule').targets };
      },
      ListRules: async (input, caller) => {
        const request = readInput(List, input);
        region.authorize(caller, 'events:ListRules', '*');
        const rules = router
          .rules(busNameOf(request.EventBusName))
          .filter(({ name }) => name.startsWith(request.NamePrefix));
        const { items, nextToken } = page(rules, request.Limit, request.NextToken, 'ValidationException');
        return { Rules: items.map(describe), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
      },
      EnableRule: async (input, caller) => {
        router.setState(findRule(input, caller, 'EnableRule'), 'ENABLED');
        return {};
      },
      DisableRule: async (input, caller) => {
        router.setState(findRule(input, caller, 'DisableRule'), 'DISABLED');
        return {};
      },
      DescribeEventBus: async (input, caller) => {
        const { Name } = readInput(z.object({ Name: z.string().default('default') }), input);
        region.authorize(caller, 'events:DescribeEventBus', busArn(region, Name));
        const arn = router.buses.get(busNameOf(Name));
        if (arn === undefined) throw new AwsError('ResourceNotFoundException', `Event bus ${Name} does not exist.`);
        return { Name: busNameOf(Name), Arn: arn };
      },
    },
    resources: eventResources(region, router),
    deliverServiceEvent: (event) => {
      try {
        router.publish('default', router.makeEvent({ ...event, detail: JSON.parse(JSON.stringify(event.detail)) }));
      } catch (error) {
        region.log('events', 'error', `an event of ${event.source} was lost: ${String(error)}`);
      }
    },
    resume: async () => router.resume(),
    stop: () => router.stop(),
  };
}

function describe(rule: Rule): object {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.busName,
    State: rule.state,
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
    ...(rule.pattern === undefined ? {} : { EventPattern: JSON.stringify(rule.pattern) }),
    ...(rule.scheduleExpression === undefined ? {} : { ScheduleExpression: rule.scheduleExpression }),
  };
}
