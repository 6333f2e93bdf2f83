import type { Caller, Region } from './service.ts';

/** One observation of a metric, or several made at the same time. */
export interface MetricDatum {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly unit: string;
  readonly timestampMs: number;
  /** Seconds: 60, or 1 for a high-resolution metric. */
  readonly storageResolution?: number;
}

/** Gathers what stand-ins and functions measure for a moment, and hands it to CloudWatch together. */
export interface MetricSink {
  add(namespace: string, data: readonly MetricDatum[]): void;
  /** Resolves when all that was added has been handed over. */
  flush(): Promise<void>;
}

const GATHER_MS = 1000;
/** PutMetricData takes this many metrics at once, and this many values of each. */
const MOST_METRICS = 1000;
const MOST_VALUES = 150;

interface Gathered {
  readonly datum: MetricDatum;
  readonly values: number[];
}

/** @param caller CloudWatch takes these from AWS services and log lines, so no right of a function is asked */
export function makeMetricSink(region: Region, caller: Caller): MetricSink {
  let gathered = new Map<string, Map<string, Gathered>>();
  let timer: NodeJS.Timeout | undefined;

  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const namespaces = gathered;
    gathered = new Map();
    for (const [Namespace, entries] of namespaces) {
      const data = [...entries.values()].flatMap(toWire);
      for (let from = 0; from < data.length; from += MOST_METRICS) {
        const MetricData = data.slice(from, from + MOST_METRICS);
        try {
          await region.invoke('monitoring', 'PutMetricData', { Namespace, MetricData }, caller);
        } catch (error) {
          region.log('cloudwatch', 'error', `metrics of ${Namespace} were not kept: ${String(error)}`);
        }
      }
    }
  };
  return {
    flush,
    add: (namespace, data) => {
      const entries = gathered.get(namespace) ?? new Map<string, Gathered>();
      gathered.set(namespace, entries);
      for (const datum of data) {
        const key = groupKey(datum);
        const entry = entries.get(key);
        if (entry === undefined) entries.set(key, { datum, values: [...datum.values] });
        else entry.values.push(...datum.values);
      }
      if (timer !== undefined) return;
      timer = setTimeout(() => void flush(), GATHER_MS);
      timer.unref();
    },
  };
}

/** What falls into the same period of the same metric becomes one datum. */
function groupKey({ name, dimensions, unit, timestampMs, storageResolution = 60 }: MetricDatum): string {
  return JSON.stringify([
    name,
    dimensions,
    unit,
    Math.floor(timestampMs / (storageResolution * 1000)),
    storageResolution,
  ]);
}

function toWire({ datum, values }: Gathered): object[] {
  const common = {
    MetricName: datum.name,
    Dimensions: Object.entries(datum.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Unit: datum.unit,
    Timestamp: datum.timestampMs / 1000,
    StorageResolution: datum.storageResolution ?? 60,
  };
  const wire: object[] = [];
  for (let from = 0; from < values.length; from += MOST_VALUES) {
    wire.push({ ...common, Values: values.slice(from, from + MOST_VALUES) });
  }
  return wire;
}
