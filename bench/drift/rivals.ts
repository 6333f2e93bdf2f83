import type { ColumnCounts } from '../../core/drift/column-counts.ts';
import { chiSquareTest } from '../../core/stats/chi-square-test.ts';
import { jensenShannonDistance } from '../../core/stats/jensen-shannon.ts';
import { populationStability } from '../../core/stats/population-stability.ts';
import type { DrawnColumn } from './feature-counts.ts';

/** PSI over the same bins against a fixed limit; of categories with all others as one more. */
export function fixedPsi({ bins, live, reference }: ColumnCounts): number {
  if (reference === null) return 0;
  const all = (side: typeof live) => (bins.kind === 'numeric' ? side.counts : [...side.counts, side.other]);
  return populationStability(all(reference), all(live)) ?? 0;
}

/** A test at 0.05 for each column: KS for numbers, chi-square for categories. */
export function isSignificant({ counts: { live, reference }, ksPValue }: DrawnColumn): boolean {
  if (ksPValue !== null) return ksPValue < 0.05;
  const test =
    reference === null ? null : chiSquareTest([...reference.counts, reference.other], [...live.counts, live.other]);
  return test !== null && test.pValue < 0.05;
}

/**
 * Evidently's default for numbers when the reference has more than 1,000 rows: the Wasserstein distance in standard
 * deviations of the reference, 0.1 or more.
 *
 * @param reference ascending
 * @param live ascending
 */
export function wassersteinDrifts(reference: Float64Array, live: Float64Array): boolean {
  let [i, j, distance] = [0, 0, 0];
  let at = Math.min(reference[0]!, live[0]!);
  while (i < reference.length || j < live.length) {
    const next = Math.min(reference[i] ?? Number.POSITIVE_INFINITY, live[j] ?? Number.POSITIVE_INFINITY);
    distance += Math.abs(i / reference.length - j / live.length) * (next - at);
    at = next;
    while (i < reference.length && reference[i] === at) i++;
    while (j < live.length && live[j] === at) j++;
  }
  const mean = reference.reduce((sum, value) => sum + value, 0) / reference.length;
  const variance = reference.reduce((sum, value) => sum + (value - mean) ** 2, 0) / reference.length;
  return distance / Math.max(0.001, Math.sqrt(variance)) >= 0.1;
}

/** Evidently's PSI: bins of equal width by Sturges's rule over both samples, 0.1 or more. */
export function sturgesPsiDrifts(reference: Float64Array, live: Float64Array): boolean {
  const from = Math.min(reference[0]!, live[0]!);
  const to = Math.max(reference.at(-1)!, live.at(-1)!);
  const bins = Math.ceil(Math.log2(reference.length + live.length)) + 1;
  const counts = (values: Float64Array) => {
    const in_ = new Array<number>(bins).fill(0);
    for (const value of values) in_[Math.min(bins - 1, Math.floor(((value - from) / (to - from || 1)) * bins))]! += 1;
    return in_;
  };
  return (populationStability(counts(reference), counts(live)) ?? 0) >= 0.1;
}

/** Evidently's default for categories: the Jensen-Shannon distance, 0.1 or more. */
export function jensenShannonDrifts({ live, reference }: ColumnCounts): boolean {
  if (reference === null) return false;
  // scipy's default, and Evidently's, is base e
  const distance = jensenShannonDistance([...reference.counts, reference.other], [...live.counts, live.other]) ?? 0;
  return distance * Math.sqrt(Math.LN2) >= 0.1;
}
