import * as z from 'zod';
import { AwsError, type LocalService, type Operation, type Region } from '../../service.ts';
import type { FunctionTarget } from '../events/send-to-target.ts';
import { page } from '../page.ts';
import { readInput, readProperties } from '../read-document.ts';
import { CompositeAlarm, checkCompositeAlarm, checkMetricAlarm, MetricAlarm } from './alarm-document.ts';
import { type Alarm, Alarms } from './alarms.ts';
import { MetricStore } from './metric-store.ts';
import { putMetricData } from './put-metric-data.ts';
import { readOperations } from './read-operations.ts';

const optionalName = { AlarmName: z.string().optional() };
const ApiAlarm = z.object({
  ...MetricAlarm.shape,
  Metrics: z.array(z.unknown()).optional().pipe(MetricAlarm.shape.Metrics),
});
const ByNames = z.object({ AlarmNames: z.array(z.string()).max(100) });
const Describe = z.object({
  AlarmNames: z.array(z.string()).max(100).optional(),
  AlarmNamePrefix: z.string().default(''),
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
  MaxRecords: z.number().int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
});
const SetState = z.object({
  AlarmName: z.string(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: z.string(),
});

export interface CloudWatchService extends LocalService {
  /** Looks at every alarm now, without waiting for its turn. */
  evaluateAlarms(): Promise<void>;
}

/** @param functions reaches functions that are alarm actions, by their own policies */
export function makeCloudWatchService(region: Region, functions: FunctionTarget): CloudWatchService {
  const metrics = new MetricStore(region);
  const alarms = new Alarms(region, metrics, functions);

  const metricAlarm = (document: MetricAlarm): Alarm => {
    checkMetricAlarm(document);
    return { kind: 'metric', arn: alarms.arnOf(document.AlarmName), document };
  };
  return {
    signingNames: ['monitoring'],
    operations: {
      PutMetricData: putMetricData(region, metrics),
      ...readOperations(region, metrics),
      ...alarmOperations(region, alarms, metricAlarm),
    },
    resources: {
      'AWS::CloudWatch::Alarm': {
        provision: async (request) => {
          const schema = MetricAlarm.extend(optionalName);
          const { AlarmName = request.generatedName, ...rest } = readProperties(
            schema,
            request,
            'AWS::CloudWatch::Alarm',
          );
          const alarm = metricAlarm({ ...rest, AlarmName });
          alarms.put(alarm);
          return { ref: AlarmName, attributes: { Arn: alarm.arn } };
        },
        remove: async ({ ref }) => alarms.delete(ref),
      },
      'AWS::CloudWatch::CompositeAlarm': {
        provision: async (request) => {
          const schema = CompositeAlarm.extend(optionalName);
          const typeName = 'AWS::CloudWatch::CompositeAlarm';
          const { AlarmName = request.generatedName, ...rest } = readProperties(schema, request, typeName);
          const document = { ...rest, AlarmName };
          checkCompositeAlarm(document);
          const arn = alarms.arnOf(AlarmName);
          alarms.put({ kind: 'composite', arn, document });
          return { ref: AlarmName, attributes: { Arn: arn } };
        },
        remove: async ({ ref }) => alarms.delete(ref),
      },
    },
    evaluateAlarms: () => alarms.evaluate(),
    resume: async () => alarms.start(),
    stop: async () => alarms.stop(),
  };
}

function alarmOperations(
  region: Region,
  alarms: Alarms,
  metricAlarm: (document: MetricAlarm) => Alarm,
): Readonly<Record<string, Operation>> {
  return {
    PutMetricAlarm: async (input, caller) => {
      const document = readInput(ApiAlarm, input, 'ValidationError');
      region.authorize(caller, 'cloudwatch:PutMetricAlarm', alarms.arnOf(document.AlarmName));
      try {
        alarms.putDurably(metricAlarm(document));
      } catch (error) {
        throw new AwsError('ValidationError', error instanceof Error ? error.message : String(error));
      }
      return {};
    },
    DeleteAlarms: async (input, caller) => {
      const { AlarmNames } = readInput(ByNames, input, 'ValidationError');
      for (const name of AlarmNames) {
        region.authorize(caller, 'cloudwatch:DeleteAlarms', alarms.arnOf(name));
        if (alarms.find(name) === undefined)
          throw new AwsError('ResourceNotFound', `Alarm ${name} does not exist`, 404);
      }
      for (const name of AlarmNames) alarms.delete(name);
      return {};
    },
    DescribeAlarms: async (input, caller) => {
      const request = readInput(Describe, input, 'ValidationError');
      const asked = request.AlarmNames?.map((name) => alarms.arnOf(name)) ?? ['*'];
      for (const arn of asked) region.authorize(caller, 'cloudwatch:DescribeAlarms', arn);
      const found = alarms.all().filter((alarm) => {
        const name = alarm.document.AlarmName;
        if (request.AlarmNames !== undefined && !request.AlarmNames.includes(name)) return false;
        if (request.StateValue !== undefined && alarms.stateOf(name).state !== request.StateValue) return false;
        const type = alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm';
        return name.startsWith(request.AlarmNamePrefix) && request.AlarmTypes.includes(type);
      });
      const { items, nextToken } = page(found, request.MaxRecords, request.NextToken, 'InvalidNextToken');
      const ofKind = (kind: Alarm['kind']) =>
        items.filter((alarm) => alarm.kind === kind).map((alarm) => describe(alarms, alarm));
      return {
        MetricAlarms: ofKind('metric'),
        CompositeAlarms: ofKind('composite'),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
    SetAlarmState: async (input, caller) => {
      const { AlarmName, StateValue, StateReason } = readInput(SetState, input, 'ValidationError');
      region.authorize(caller, 'cloudwatch:SetAlarmState', alarms.arnOf(AlarmName));
      const alarm = alarms.find(AlarmName);
      if (alarm === undefined) throw new AwsError('ResourceNotFound', `Alarm ${AlarmName} does not exist`, 404);
      await alarms.setState(alarm, { state: StateValue, reason: StateReason });
      return {};
    },
  };
}

function describe(alarms: Alarms, alarm: Alarm): object {
  const { state, reason, changedAtMs } = alarms.stateOf(alarm.document.AlarmName);
  const common = {
    AlarmArn: alarm.arn,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: changedAtMs / 1000,
  };
  const { Tags: _tags, ...document } = alarm.document;
  if (alarm.kind === 'composite') return { ...document, ...common };
  const list = (dimensions: Readonly<Record<string, string>>) =>
    Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const { Dimensions, Metrics, ...rest } = document as MetricAlarm; // by its kind
  return {
    ...rest,
    ...common,
    Dimensions: list(Dimensions),
    ...(Metrics === undefined
      ? {}
      : {
          Metrics: Metrics.map(({ MetricStat, ...query }) => ({
            ...query,
            ...(MetricStat === undefined
              ? {}
              : {
                  MetricStat: {
                    ...MetricStat,
                    Metric: { ...MetricStat.Metric, Dimensions: list(MetricStat.Metric.Dimensions) },
                  },
                }),
          })),
        }),
  };
}
