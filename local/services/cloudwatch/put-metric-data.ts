import * as z from 'zod';
import { AwsError, type Operation, type Region } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { Dimensions } from './metric-queries.ts';
import type { MetricStore, Sample } from './metric-store.ts';

const finite = z.number();
/** Epoch seconds on the wire; dates and ISO text in process. */
const instantMs = z.union([
  z.number().transform((seconds) => seconds * 1000),
  z.date().transform((date) => date.getTime()),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

const Datum = z.object({
  MetricName: z.string().min(1).max(255),
  Dimensions,
  Timestamp: instantMs.optional(),
  Unit: z.string().optional(),
  StorageResolution: z.number().optional(),
  Value: finite.optional(),
  Values: z.array(finite).max(150).optional(),
  Counts: z.array(finite.positive()).max(150).optional(),
  StatisticValues: z
    .object({ SampleCount: finite.positive(), Sum: finite, Minimum: finite, Maximum: finite })
    .optional(),
});
type Datum = z.infer<typeof Datum>;

const Input = z.object({ Namespace: z.string().min(1).max(255), MetricData: z.array(Datum).min(1).max(1000) });

const OLDEST_MS = 14 * 86_400_000;
const FURTHEST_AHEAD_MS = 2 * 3_600_000;

export function putMetricData(region: Region, store: MetricStore): Operation {
  return async (input, caller) => {
    const { Namespace, MetricData } = readInput(Input, input, 'InvalidParameterValue');
    region.authorize(caller, 'cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': Namespace });
    if (Namespace.startsWith('AWS/') && caller.roleArn !== undefined) {
      throw new AwsError('InvalidParameterValue', 'The value AWS/ for parameter Namespace is invalid.');
    }
    const nowMs = region.clock.now().getTime();
    const samples = MetricData.map((datum) => sampleOf(datum, nowMs));
    for (const [index, { MetricName: name, Dimensions: dimensions }] of MetricData.entries()) {
      store.add({ namespace: Namespace, name, dimensions }, samples[index]!); // one sample a datum
    }
    return {};
  };
}

function sampleOf(datum: Datum, nowMs: number): Sample {
  const atMs = datum.Timestamp ?? nowMs;
  if (atMs < nowMs - OLDEST_MS || atMs > nowMs + FURTHEST_AHEAD_MS) {
    const message = `The parameter MetricData.member.Timestamp ${new Date(atMs).toISOString()} must be within two weeks before and two hours after now.`;
    throw new AwsError('InvalidParameterValue', message);
  }
  const { Unit: unit, StatisticValues: statistics } = datum;
  if (statistics !== undefined) {
    const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = statistics;
    return { atMs, unit, count, sum, min, max, values: [] };
  }
  const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
  if (values.length === 0 || (datum.Counts !== undefined && datum.Counts.length !== values.length)) {
    const message = `metric ${datum.MetricName} needs Value, StatisticValues, or Values with as many Counts`;
    throw new AwsError('InvalidParameterCombination', message);
  }
  const counted = values.map((value, index) => [value, datum.Counts?.[index] ?? 1] as const);
  return {
    atMs,
    unit,
    count: counted.reduce((sum, [, count]) => sum + count, 0),
    sum: counted.reduce((sum, [value, count]) => sum + value * count, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    values: counted,
  };
}
