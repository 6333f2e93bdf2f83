import type { Caller, Region } from '../../service.ts';
import type { MetricBatch } from './metric-lines.ts';

/** Gathers metrics for a moment and hands them to CloudWatch together. */
export interface MetricSink {
  add(batch: MetricBatch): void;
  /** Resolves when all that was added has been handed over. */
  flush(): Promise<void>;
}

const GATHER_MS = 500;
/** PutMetricData takes this many at once. */
const LARGEST_BATCH = 1000;

/** @param caller CloudWatch Logs itself reads metrics out of log lines, so no right of the function is asked */
export function makeMetricSink(region: Region, caller: Caller): MetricSink {
  let gathered = new Map<string, object[]>();
  let timer: NodeJS.Timeout | undefined;

  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const batches = gathered;
    gathered = new Map();
    for (const [Namespace, data] of batches) {
      for (let from = 0; from < data.length; from += LARGEST_BATCH) {
        const MetricData = data.slice(from, from + LARGEST_BATCH);
        try {
          await region.invoke('monitoring', 'PutMetricData', { Namespace, MetricData }, caller);
        } catch (error) {
          region.log('lambda', 'error', `metrics of ${Namespace} were not kept: ${String(error)}`);
        }
      }
    }
  };
  return {
    flush,
    add: ({ namespace, data }) => {
      gathered.set(namespace, [...(gathered.get(namespace) ?? []), ...data]);
      if (timer !== undefined) return;
      timer = setTimeout(() => void flush(), GATHER_MS);
      timer.unref();
    },
  };
}
