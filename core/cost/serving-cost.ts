import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Serving } from '../definitions/model.ts';
import type { RegionPrices, ServicePrices } from './price-list.ts';

/** What decides the cost of a prediction, beside the load. */
export interface ServedModel {
  readonly serving: Pick<
    Serving,
    'instanceType' | 'minInstances' | 'maxInstances' | 'targetInvocationsPerInstance' | 'featureCacheMs'
  >;
  /** Feature views that are read for a prediction: one item each. */
  readonly storedViews: number;
}

export interface CostLine {
  readonly what: string;
  readonly perThousandUsd: number;
  /** How it comes about, for a reader. */
  readonly because: string;
}

export interface ServingCost {
  readonly perThousandUsd: number;
  readonly instances: number;
  /** Whether scaling may add as many instances as the load needs. */
  readonly carriesLoad: boolean;
  readonly lines: readonly CostLine[];
}

/** What one prediction is counted as, where it depends on more than the definition says. */
export const COUNTED_AS = {
  /** Memory of the function that answers; one whole core. */
  functionMemoryMb: 1769,
  /** Time of the function, most of it waiting for the store and the endpoint. */
  functionMs: 30,
  /** Reads are eventually consistent: half a unit for an item of up to 4 KB. */
  readUnitsPerItem: 0.5,
  /** The evidence of a prediction, in units of 1 KB. */
  evidenceWriteUnits: 2,
  /** Firehose bills a record as a multiple of 5 KB. */
  logRecordKb: 5,
} as const;

const KB_PER_GB = 1024 * 1024;

/**
 * Instances that a load keeps busy when scaling aims at the target, within the bounds of the definition.
 *
 * @param requestsPerSecond above 0
 */
export function instancesFor({ serving }: Pick<ServedModel, 'serving'>, requestsPerSecond: number) {
  const perMinute = requestsPerSecond * (MINUTE_MS / SECOND_MS);
  const needed = Math.max(1, Math.ceil(perMinute / serving.targetInvocationsPerInstance));
  const instances = Math.min(serving.maxInstances, Math.max(serving.minInstances, needed));
  return { needed, instances };
}

/**
 * Cost of 1,000 predictions by one model at a steady load, line by line. Counts what grows with predictions and the
 * endpoint; not storage, data capture, logs, tracing, traffic out of the region, free tiers and savings plans.
 *
 * @param hourUsd price of one instance and hour
 */
export function servingCost(
  model: ServedModel,
  requestsPerSecond: number,
  { services, hourUsd }: { readonly services: ServicePrices; readonly hourUsd: number },
): ServingCost {
  const { needed, instances } = instancesFor(model, requestsPerSecond);
  const lines = [endpointLine(model, instances, requestsPerSecond, hourUsd), ...requestLines(model, services)];
  return {
    perThousandUsd: lines.reduce((sum, line) => sum + line.perThousandUsd, 0),
    instances,
    carriesLoad: needed <= model.serving.maxInstances,
    lines,
  };
}

/** Price of an instance type, or what is missing from the list. */
export function hourPrice(
  prices: RegionPrices,
  instanceType: string,
): { readonly usd: number } | { readonly missing: string } {
  return Object.hasOwn(prices.hostingPerHour, instanceType)
    ? { usd: prices.hostingPerHour[instanceType]! }
    : { missing: instanceType };
}

function endpointLine({ serving }: ServedModel, instances: number, requestsPerSecond: number, hourUsd: number) {
  const predictionsPerHour = requestsPerSecond * 3600;
  return {
    what: 'endpoint',
    perThousandUsd: (instances * hourUsd * 1000) / predictionsPerHour,
    because: `${instances} × ${serving.instanceType} at $${hourUsd} an hour for ${requestsPerSecond} predictions per second`,
  };
}

function requestLines({ serving, storedViews }: ServedModel, services: ServicePrices): readonly CostLine[] {
  const { functionMemoryMb, functionMs, readUnitsPerItem, evidenceWriteUnits, logRecordKb } = COUNTED_AS;
  const gbSeconds = (functionMemoryMb / 1024) * (functionMs / SECOND_MS);
  const items = storedViews + 1;
  const cached = serving.featureCacheMs === null ? '' : '; the feature cache is not counted on';
  const firehosePerGb = services.firehoseIngestPerGb + services.firehoseFormatConversionPerGb;
  return [
    {
      what: 'Lambda',
      perThousandUsd: services.lambdaPerMillionRequests / 1000 + gbSeconds * services.lambdaArmPerGbSecond * 1000,
      because: `one request of ${functionMs} ms with ${functionMemoryMb} MB`,
    },
    {
      what: 'API Gateway',
      perThousandUsd: services.httpApiPerMillionRequests / 1000,
      because: 'one request of the HTTP API',
    },
    {
      what: 'DynamoDB reads',
      perThousandUsd: (items * readUnitsPerItem * services.dynamoPerMillionReadUnits) / 1000,
      because: `${storedViews} feature views and the route, ${readUnitsPerItem} units each${cached}`,
    },
    {
      what: 'DynamoDB writes',
      perThousandUsd: (evidenceWriteUnits * services.dynamoPerMillionWriteUnits) / 1000,
      because: `the evidence of the prediction, ${evidenceWriteUnits} units`,
    },
    {
      what: 'Firehose',
      perThousandUsd: (logRecordKb / KB_PER_GB) * firehosePerGb * 1000,
      because: `one record of ${logRecordKb} KB, turned into Parquet`,
    },
  ];
}
