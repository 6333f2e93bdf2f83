import * as z from 'zod';
import { AwsError, type Operation, type Region } from '../../service.ts';
import { page } from '../page.ts';
import { readInput } from '../read-document.ts';
import { checkQueries, Dimensions, MetricQuery, Period, periodSecondsOf, valuesOf } from './metric-queries.ts';
import type { MetricStore } from './metric-store.ts';
import { checkStatistic, datapoints } from './statistics.ts';

const instantMs = z.union([
  z.number().transform((seconds) => seconds * 1000),
  z.date().transform((date) => date.getTime()),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);
const window = { StartTime: instantMs, EndTime: instantMs };
const MAX_DATAPOINTS = 1440;

const GetData = z.object({
  ...window,
  MetricDataQueries: z.array(MetricQuery).min(1).max(500),
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
});
const GetStatistics = z.object({
  ...window,
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions,
  Period,
  Statistics: z.array(z.string()).default([]),
  ExtendedStatistics: z.array(z.string()).default([]),
});
const ListMetrics = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string().optional() })).default([]),
  NextToken: z.string().optional(),
});

/** The operations that read metrics. Periods are of time of day, aligned as CloudWatch aligns them. */
export function readOperations(region: Region, store: MetricStore): Readonly<Record<string, Operation>> {
  return {
    GetMetricData: async (input, caller) => {
      region.authorize(caller, 'cloudwatch:GetMetricData', '*');
      const {
        StartTime,
        EndTime,
        MetricDataQueries: queries,
        ScanBy,
      } = readInput(GetData, input, 'InvalidParameterValue');
      orRefuse(() => checkQueries(queries));
      const results = queries
        .filter(({ ReturnData }) => ReturnData)
        .map((query) => {
          const periodMs = periodSecondsOf(queries, query) * 1000;
          const from = Math.floor(StartTime / periodMs) * periodMs;
          const points = [...valuesOf(store, queries, query.Id, { fromMs: from, toMs: EndTime }, 1)].sort(
            ([a], [b]) => a - b,
          );
          if (ScanBy === 'TimestampDescending') points.reverse();
          return {
            Id: query.Id,
            Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
            StatusCode: 'Complete',
            Timestamps: points.map(([atMs]) => atMs / 1000),
            Values: points.map(([, value]) => value),
          };
        });
      return { MetricDataResults: results };
    },
    GetMetricStatistics: async (input, caller) => {
      region.authorize(caller, 'cloudwatch:GetMetricStatistics', '*');
      const request = readInput(GetStatistics, input, 'InvalidParameterValue');
      const statistics = [...request.Statistics, ...request.ExtendedStatistics];
      orRefuse(() => statistics.forEach(checkStatistic));
      const periodMs = request.Period * 1000;
      const fromMs = Math.floor(request.StartTime / periodMs) * periodMs;
      if ((request.EndTime - fromMs) / periodMs > MAX_DATAPOINTS) {
        const message = `You have requested more than ${MAX_DATAPOINTS} datapoints; use a longer Period or a shorter range.`;
        throw new AwsError('InvalidParameterCombination', message);
      }
      const id = { namespace: request.Namespace, name: request.MetricName, dimensions: request.Dimensions };
      const rows = new Map<number, Record<string, unknown>>();
      for (const statistic of statistics) {
        for (const { atMs, value } of datapoints(store, id, statistic, { fromMs, toMs: request.EndTime, periodMs })) {
          const row = rows.get(atMs) ?? { Timestamp: atMs / 1000, Unit: store.unitOf(id) ?? 'None' };
          rows.set(atMs, row);
          if (request.Statistics.includes(statistic)) row[statistic] = value;
          else row['ExtendedStatistics'] = { ...(row['ExtendedStatistics'] as object | undefined), [statistic]: value };
        }
      }
      return { Label: request.MetricName, Datapoints: [...rows.values()] };
    },
    ListMetrics: async (input, caller) => {
      region.authorize(caller, 'cloudwatch:ListMetrics', '*');
      const request = readInput(ListMetrics, input, 'InvalidParameterValue');
      const found = store.all().filter(({ id }) => {
        if (request.Namespace !== undefined && id.namespace !== request.Namespace) return false;
        if (request.MetricName !== undefined && id.name !== request.MetricName) return false;
        return request.Dimensions.every(({ Name, Value }) =>
          Value === undefined ? Name in id.dimensions : id.dimensions[Name] === Value,
        );
      });
      const { items, nextToken } = page(found, 500, request.NextToken, 'InvalidParameterValue');
      return {
        Metrics: items.map(({ id }) => ({
          Namespace: id.namespace,
          MetricName: id.name,
          Dimensions: Object.entries(id.dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
  };
}

function orRefuse(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new AwsError('InvalidParameterValue', error instanceof Error ? error.message : String(error));
  }
}
