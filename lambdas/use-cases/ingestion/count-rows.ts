import type { Metrics } from '../../ports/metrics.ts';

/** What became of rows that came one by one or in small batches. */
export type RowCount = 'RowsWritten' | 'RowsDuplicate' | 'RowsRejected' | 'RowsDead';

/** Counts rows of a source; zeros are not written. Kept by source, and for all of them together. */
export function countRows(metrics: Metrics, source: string, counts: Readonly<Partial<Record<RowCount, number>>>): void {
  const values = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  if (Object.keys(values).length === 0) return;
  metrics.put({ dimensions: { Source: source }, dimensionSets: [['Source'], []], values, unit: 'Count' });
}
