import type { Evaluation } from '../release/release-manifest.ts';
import type { ReferenceColumn } from './reference-columns.ts';

/**
 * What the release answered to the test rows: the reference of its live answers. A column that the evaluation of an
 * older platform did not count is left out.
 *
 * @param effectiveShare as how much of an independent row a row counts, 0 to 1
 */
export function predictionReference(
  { scoreCuts, calibration, positives, testRows }: Evaluation,
  effectiveShare: number,
): readonly ReferenceColumn[] {
  const side = (counts: readonly number[]) => ({
    rows: testRows,
    effectiveRows: testRows * effectiveShare,
    counts,
    other: 0,
    missing: 0,
  });
  const of = { role: 'prediction', segment: null } as const;
  const columns: ReferenceColumn[] = [];
  if (scoreCuts !== undefined && calibration !== undefined) {
    const bins = { kind: 'numeric', edges: scoreCuts } as const;
    columns.push({ ...of, column: 'score', bins, reference: side(calibration.map(({ n }) => n)) });
  }
  if (positives !== undefined) {
    const bins = { kind: 'categorical', categories: ['false', 'true'], isComplete: true } as const;
    columns.push({ ...of, column: 'decision', bins, reference: side([testRows - positives, positives]) });
  }
  return columns;
}
