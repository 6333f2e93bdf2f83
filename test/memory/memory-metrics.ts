import type { MetricRecord, Metrics } from '../../lambdas/ports/metrics.ts';

export function memoryMetrics(): Metrics & { readonly records: readonly MetricRecord[] } {
  const records: MetricRecord[] = [];
  return { records, put: (record) => void records.push(record) };
}
