import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRegionClock } from '../../local/clock.ts';
import type { LocalService } from '../../local/service.ts';
import { makeSchedulerService } from '../../local/services/scheduler/scheduler-service.ts';
import { Ticker } from '../../local/services/scheduler/ticker.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { fakeRegion } from './fake-region.ts';
import { keepingService, type MessagingLab, messagingLab, until } from './messaging-lab.ts';

const ROLE = 'arn:aws:iam::000000000000:role/scheduler';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';

let lab: MessagingLab;
let service: LocalService;
let lambda: ReturnType<typeof keepingService>;
let machines: ReturnType<typeof keepingService>;
let endpoint: FakeEndpoint;
let client: SchedulerClient;

beforeEach(async () => {
  lambda = keepingService('lambda', { Invoke: () => ({ StatusCode: 202 }) });
  machines = keepingService('states', { StartExecution: () => ({ executionArn: 'e' }) });
  lab = messagingLab([
    (region) => {
      service = makeSchedulerService(region);
      return service;
    },
    () => lambda,
    () => machines,
  ]);
  endpoint = await fakeEndpoint(lab.region);
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new SchedulerClient({ endpoint: endpoint.url, region: 'us-east-1', credentials });
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
  await lab.remove();
});

const everyMinute = {
  ScheduleExpression: 'rate(1 minute)',
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  Target: { Arn: FUNCTION, RoleArn: ROLE },
};

describe('a schedule of a template', () => {
  const up = (properties: object) => lab.up('AWS::Scheduler::Schedule', { ...everyMinute, ...properties });

  it('calls its function as its role, with what it is to be told filled in', async () => {
    const Input = '{"at":"<aws.scheduler.scheduled-time>","id":"<aws.scheduler.execution-id>"}';
    await up({ Target: { Arn: FUNCTION, RoleArn: ROLE, Input } });
    await service.resume?.();
    await until(() => lambda.calls.length >= 2);
    const [first] = lambda.calls;
    expect(first).toMatchObject({ operation: 'Invoke', roleArn: ROLE, input: { InvocationType: 'Event' } });
    const payload: { at: string; id: string } = JSON.parse(String(first?.input['Payload']));
    expect(payload.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(payload.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('starts a machine, directly or by the universal target', async () => {
    await up({ Target: { Arn: MACHINE, RoleArn: ROLE, Input: '{"x":1}' } });
    await lab.up(
      'AWS::Scheduler::Schedule',
      {
        ...everyMinute,
        Target: {
          Arn: 'arn:aws:scheduler:::aws-sdk:sfn:startExecution',
          RoleArn: ROLE,
          Input: JSON.stringify({ StateMachineArn: MACHINE, Input: '{"y":2}', Name: '<aws.scheduler.execution-id>' }),
        },
      },
      'Universal',
    );
    await service.resume?.();
    const inputs = () => machines.calls.map(({ input }) => input['input']);
    await until(() => inputs().includes('{"x":1}') && inputs().includes('{"y":2}'));
    expect(machines.calls.every(({ input }) => input['stateMachineArn'] === MACHINE)).toBe(true);
  });

  it('does not fire while disabled', async () => {
    await up({ State: 'DISABLED' });
    await service.resume?.();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(lambda.calls).toEqual([]);
  });

  it('is gone when the next template has it no more', async () => {
    const { ref } = await up({});
    const removed = { ref, stackName: 'Test', logicalId: 'Thing', properties: {} };
    await service.resources?.['AWS::Scheduler::Schedule']?.remove?.(removed);
    expect(await lab.call('scheduler', 'ListSchedules', {})).toEqual({ Schedules: [] });
  });

  it.each([
    ['an unknown property', { Every: 'day' }, 'Every'],
    ['an unknown target', { Target: { Arn: 'arn:aws:ecs:us-east-1:1:cluster/c', RoleArn: ROLE } }, 'ecs'],
    ['a bad expression', { ScheduleExpression: 'daily' }, 'not a schedule'],
    [
      'an unknown time zone',
      { ScheduleExpression: 'cron(0 1 * * ? *)', ScheduleExpressionTimezone: 'Mars/Base' },
      'Mars',
    ],
    ['an unknown group', { GroupName: 'gone' }, 'gone'],
  ])('with %s stops the start', async (_why, properties, message) => {
    await expect(up(properties)).rejects.toThrow(message);
  });
});

it('speaks REST with the SDK', async () => {
  await service.resume?.();
  const schedule = { ...everyMinute, Name: 'mine', Description: 'd', StartDate: new Date('2020-01-01T00:00:00Z') };
  const { ScheduleArn } = await client.send(new CreateScheduleCommand(schedule));
  expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:000000000000:schedule/default/mine');
  await expect(client.send(new CreateScheduleCommand(schedule))).rejects.toMatchObject({ name: 'ConflictException' });
  expect(await client.send(new GetScheduleCommand({ Name: 'mine' }))).toMatchObject({
    Description: 'd',
    State: 'ENABLED',
    StartDate: schedule.StartDate,
    Target: { Arn: FUNCTION },
  });
  await client.send(new UpdateScheduleCommand({ ...schedule, State: 'DISABLED' }));
  const { Schedules } = await client.send(new ListSchedulesCommand({ NamePrefix: 'mi' }));
  expect(Schedules?.map(({ Name, State }) => [Name, State])).toEqual([['mine', 'DISABLED']]);
  await client.send(new DeleteScheduleCommand({ Name: 'mine' }));
  await expect(client.send(new GetScheduleCommand({ Name: 'mine' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  lab.region.denied.add('iam:PassRole');
  await expect(client.send(new CreateScheduleCommand(schedule))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});

describe('a ticker', () => {
  it('fires once at the next start for all that fell due while the region was down', async () => {
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const clock = {
      ...makeRegionClock(1),
      now: () => new Date(nowMs),
      sleep: () => new Promise<void>(() => undefined),
    };
    const region = fakeRegion({ clock });
    const fired: string[] = [];
    const schedule = {
      key: 'k',
      expression: 'cron(0 * * * ? *)',
      fire: (at: Date) => void fired.push(at.toISOString()),
    };
    new Ticker(region, 'scheduler').start(schedule);
    nowMs += 5 * 3_600_000 + 1;
    new Ticker(region, 'scheduler').start(schedule);
    await until(() => fired.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fired).toEqual(['2026-01-01T01:00:00.000Z']);
    expect(region.store('scheduler').get<{ dueAtMs: number }>('due', 'k')?.dueAtMs).toBe(
      Date.parse('2026-01-01T06:00:00Z'),
    );
    expect(region.logs.some((line) => line.includes('while the region was down'))).toBe(true);
    region.remove();
  });

  it('keeps a rate free of drift and runs the faster the region’s clock does', async () => {
    const region = fakeRegion({ clock: makeRegionClock(1200) });
    const fired: number[] = [];
    const ticker = new Ticker(region, 'scheduler');
    ticker.start({ key: 'k', expression: 'rate(1 minute)', fire: (at) => void fired.push(at.getTime()) });
    await until(() => fired.length >= 4);
    ticker.stopAll();
    expect(fired.slice(1).map((at, index) => at - fired[index]!)).toEqual(fired.slice(1).map(() => 50));
    region.remove();
  });

  it('fires a single instant once, whatever the starts', async () => {
    const region = fakeRegion({ clock: makeRegionClock(100_000) });
    const soon = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19);
    let fired = 0;
    const schedule = { key: 'k', expression: `at(${soon})`, fire: () => void fired++ };
    new Ticker(region, 'scheduler').start(schedule);
    await until(() => fired === 1);
    const again = new Ticker(region, 'scheduler');
    again.start(schedule);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(fired).toBe(1);
    region.remove();
  });
});
