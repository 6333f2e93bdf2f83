import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CloudWatchService, makeCloudWatchService } from '../../local/services/cloudwatch/cloudwatch-service.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { keepingFunctions, keepingService, type MessagingLab, messagingLab, until } from './messaging-lab.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:alarms';
let lab: MessagingLab;
let service: CloudWatchService;
let sns: ReturnType<typeof keepingService>;
let endpoint: FakeEndpoint;
let client: CloudWatchClient;

beforeEach(async () => {
  sns = keepingService('sns', { Publish: () => ({ MessageId: 'm' }) });
  lab = messagingLab(
    [
      (region) => {
        service = makeCloudWatchService(region, keepingFunctions());
        return service;
      },
      () => sns,
    ],
    { speed: 1 },
  );
  endpoint = await fakeEndpoint(lab.region);
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new CloudWatchClient({ endpoint: endpoint.url, region: 'us-east-1', credentials });
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
  await lab.remove();
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000 - 5_000);
const put = (values: readonly number[], Timestamp: Date, MetricName = 'Errors') =>
  client.send(
    new PutMetricDataCommand({
      Namespace: 'Headgate',
      MetricData: [{ MetricName, Timestamp, Values: [...values], Dimensions: [{ Name: 'Model', Value: 'churn' }] }],
    }),
  );

describe('metrics, through the SDK', () => {
  it('are summed up by period and statistic', async () => {
    const at = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 120_000);
    await put([1, 2, 3, 4], at);
    await put([10], new Date(at.getTime() + 30_000));
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Headgate',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'Model', Value: 'churn' }],
        StartTime: at,
        EndTime: new Date(),
        Period: 60,
        Statistics: ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'],
        ExtendedStatistics: ['p50', 'p99'],
      }),
    );
    expect(Datapoints).toEqual([
      {
        Timestamp: at,
        Unit: 'None',
        Average: 4,
        Sum: 20,
        Minimum: 1,
        Maximum: 10,
        SampleCount: 5,
        ExtendedStatistics: { p50: 3, p99: 10 },
      },
    ]);
  });

  it('are combined by metric math, newest first', async () => {
    const at = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 180_000);
    await put([2], at);
    await put([3], new Date(at.getTime() + 60_000));
    await put([4], at, 'Calls');
    const metric = (MetricName: string) => ({
      Metric: { Namespace: 'Headgate', MetricName, Dimensions: [{ Name: 'Model', Value: 'churn' }] },
      Period: 60,
      Stat: 'Sum',
    });
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: at,
        EndTime: new Date(),
        MetricDataQueries: [
          { Id: 'e', MetricStat: metric('Errors'), ReturnData: false },
          { Id: 'c', MetricStat: metric('Calls'), ReturnData: false },
          { Id: 'rate', Expression: '100 * e / FILL(c, 1)', Label: 'Error rate' },
        ],
      }),
    );
    expect(MetricDataResults).toEqual([
      {
        Id: 'rate',
        Label: 'Error rate',
        StatusCode: 'Complete',
        Timestamps: [new Date(at.getTime() + 60_000), at],
        Values: [300, 50],
      },
    ]);
  });

  it('outlive a restart', async () => {
    await put([5], minutesAgo(1));
    lab.region.services.splice(0, 1, makeCloudWatchService(lab.region, keepingFunctions()));
    const { Metrics } = await lab.call('monitoring', 'ListMetrics', { Namespace: 'Headgate' });
    expect(Metrics).toMatchObject([{ MetricName: 'Errors' }]);
  });

  it('refuses an old timestamp and a call without the right', async () => {
    await expect(put([1], minutesAgo(15 * 1440))).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    lab.region.denied.add('cloudwatch:PutMetricData');
    await expect(put([1], minutesAgo(1))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

const alarm = (properties: object = {}, logicalId?: string) =>
  lab.up(
    'AWS::CloudWatch::Alarm',
    {
      Namespace: 'Headgate',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'Model', Value: 'churn' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      AlarmActions: [TOPIC],
      ...properties,
    },
    logicalId,
  );
const states = async () =>
  Object.fromEntries(
    ((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).map(({ AlarmName, StateValue }) => [
      AlarmName,
      StateValue,
    ]),
  );

describe('an alarm', () => {
  it.each([
    ['two of three are breaching', [5, 0, 5], {}, 'ALARM'],
    ['one of three is breaching', [5, 0, 0], {}, 'OK'],
    ['nothing was measured', [], {}, 'INSUFFICIENT_DATA'],
    ['nothing was measured and that is good', [], { TreatMissingData: 'notBreaching' }, 'OK'],
    ['nothing was measured and that is bad', [], { TreatMissingData: 'breaching' }, 'ALARM'],
    ['nothing was measured and that is ignored', [], { TreatMissingData: 'ignore' }, 'INSUFFICIENT_DATA'],
    [
      'one is breaching, one missing, and missing is bad',
      [5, 0, undefined],
      { TreatMissingData: 'breaching' },
      'ALARM',
    ],
    ['values fall below', [0, 0, 0], { ComparisonOperator: 'LessThanThreshold' }, 'ALARM'],
    [
      'a percentile of an expression is over',
      [1, 1, 1],
      {
        Metrics: [
          {
            Id: 'm1',
            ReturnData: false,
            MetricStat: {
              Metric: {
                Namespace: 'Headgate',
                MetricName: 'Errors',
                Dimensions: [{ Name: 'Model', Value: 'churn' }],
              },
              Period: 60,
              Stat: 'p90',
            },
          },
          { Id: 'twice', Expression: 'm1 * 2' },
        ],
        Namespace: undefined,
        MetricName: undefined,
        Period: undefined,
        Statistic: undefined,
        Dimensions: undefined,
        Threshold: 2,
      },
      'ALARM',
    ],
  ])('when %s', async (_why, values, properties, expected) => {
    await alarm(properties);
    for (const [index, value] of values.entries()) {
      if (value !== undefined) await put([value], minutesAgo(2 - index));
    }
    await service.evaluateAlarms();
    expect(await states()).toEqual({ 'Test-Thing-abc': expected });
  });

  it('tells its topic and the bus of each change, once', async () => {
    const { arn } = await alarm();
    await put([5], minutesAgo(0));
    await put([5], minutesAgo(1));
    await service.evaluateAlarms();
    await service.evaluateAlarms();
    expect(sns.calls.map(({ input }) => input['TopicArn'])).toEqual([TOPIC]);
    expect(JSON.parse(String(sns.calls[0]?.input['Message']))).toMatchObject({
      AlarmName: 'Test-Thing-abc',
      NewStateValue: 'ALARM',
      OldStateValue: 'INSUFFICIENT_DATA',
    });
    expect(lab.region.events).toMatchObject([
      {
        source: 'aws.cloudwatch',
        detailType: 'CloudWatch Alarm State Change',
        resources: [arn],
        detail: { state: { value: 'ALARM' }, previousState: { value: 'INSUFFICIENT_DATA' } },
      },
    ]);
  });

  it('can be set by hand, and a composite follows', async () => {
    await alarm({}, 'One');
    await alarm({}, 'Two');
    const AlarmRule = 'ALARM("Test-One-abc") AND NOT ALARM(Test-Two-abc)';
    await lab.up('AWS::CloudWatch::CompositeAlarm', { AlarmName: 'both', AlarmRule, AlarmActions: [TOPIC] });
    const set = (AlarmName: string, StateValue: 'OK' | 'ALARM') =>
      client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'by hand' }));
    const composite = async () =>
      (await client.send(new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }))).CompositeAlarms?.[0]
        ?.StateValue;
    await set('Test-One-abc', 'ALARM');
    expect(await composite()).toBe('ALARM');
    await set('Test-Two-abc', 'ALARM');
    expect(await composite()).toBe('OK');
    await expect(set('gone', 'OK')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it('is looked at by itself, the more often the faster the clock', async () => {
    const fast = messagingLab(
      [
        (region) => makeCloudWatchService(region, keepingFunctions()),
        () => keepingService('sns', { Publish: () => ({}) }),
      ],
      { speed: 60 },
    );
    await fast.up('AWS::CloudWatch::Alarm', {
      Namespace: 'N',
      MetricName: 'M',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    await fast.region.services[0]?.resume?.();
    await fast.call('monitoring', 'PutMetricData', { Namespace: 'N', MetricData: [{ MetricName: 'M', Value: 2 }] });
    await until(() =>
      fast.region.events.some(({ detail }) => (detail['state'] as { value: string }).value === 'ALARM'),
    );
    await fast.remove();
  });

  it.each([
    ['more datapoints than periods', { DatapointsToAlarm: 4 }, 'EvaluationPeriods'],
    ['an unknown property', { Color: 'red' }, 'Color'],
    ['an action the laptop has not', { AlarmActions: ['arn:aws:ssm:us-east-1:1:opsitem:1'] }, 'SNS topics'],
    ['an unknown statistic', { Statistic: 'tm90' }, 'tm90'],
  ])('with %s stops the start', async (_why, properties, message) => {
    await expect(alarm(properties)).rejects.toThrow(message);
  });
});
