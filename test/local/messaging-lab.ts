/** A fake region with a service under test in it, a function that keeps what it is sent, and a way to provision. */

import { makeRegionClock } from '../../local/clock.ts';
import type { LocalService, Operation, Region } from '../../local/service.ts';
import type { FunctionTarget } from '../../local/services/events/send-to-target.ts';
import { type FakeRegion, fakeRegion, PERSON } from './fake-region.ts';

export interface Received {
  readonly principal: string;
  readonly sourceArn: string;
  readonly functionArn: string;
  readonly payload: unknown;
}

/** Functions that any service may call; what they are sent stands in `received`. */
export function keepingFunctions(): FunctionTarget & { readonly received: Received[] } {
  const received: Received[] = [];
  return {
    received,
    sendEventFor: ({ principal, sourceArn }, functionArn, payload) =>
      void received.push({ principal, sourceArn, functionArn, payload: JSON.parse(payload) }),
  };
}

/** A service whose operations only keep what they are given. */
export function keepingService(
  signingName: string,
  operations: Record<string, (input: Record<string, unknown>) => object>,
): LocalService & { readonly calls: { operation: string; input: Record<string, unknown>; roleArn?: string }[] } {
  const calls: { operation: string; input: Record<string, unknown>; roleArn?: string }[] = [];
  const keep =
    (operation: string): Operation =>
    async (input, { roleArn }) => {
      calls.push({ operation, input: { ...input }, ...(roleArn === undefined ? {} : { roleArn }) });
      return operations[operation]!({ ...input });
    };
  return {
    signingNames: [signingName],
    calls,
    operations: Object.fromEntries(Object.keys(operations).map((operation) => [operation, keep(operation)])),
  };
}

export interface MessagingLab {
  readonly region: FakeRegion;
  call(signingName: string, operation: string, input: object): Promise<Record<string, unknown>>;
  /** Brings a resource up in whichever service knows its type. */
  up(type: string, properties: Record<string, unknown>, logicalId?: string): Promise<{ ref: string; arn: string }>;
  remove(): Promise<void>;
}

export function messagingLab(
  make: readonly ((region: Region) => LocalService)[],
  options: { readonly speed?: number; readonly stateDir?: string } = {},
): MessagingLab {
  const region = fakeRegion({
    clock: makeRegionClock(options.speed ?? 1000),
    ...(options.stateDir === undefined ? {} : { stateDir: options.stateDir }),
  });
  region.services.push(...make.map((makeOne) => makeOne(region)));
  return {
    region,
    call: (signingName, operation, input) => region.invoke(signingName, operation, input, PERSON),
    up: async (type, properties, logicalId = 'Thing') => {
      const resource = region.services.map(({ resources }) => resources?.[type]).find((found) => found !== undefined);
      if (resource === undefined) throw new Error(`no service brings up ${type}`);
      const generatedName = `Test-${logicalId}-abc`;
      const request = { stackName: 'Test', logicalId, properties, generatedName, assemblyDir: '/nowhere' };
      const { ref, attributes } = await resource.provision(request);
      return { ref, arn: attributes?.['Arn'] ?? ref };
    },
    remove: async () => {
      for (const service of region.services) await service.stop?.();
      region.remove();
    },
  };
}

/** @throws Error after two seconds in which it did not hold */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 2_000;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error('it did not come to pass within two seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
