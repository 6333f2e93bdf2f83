import type { ColumnCounts, SideCounts } from '../../../core/drift/column-counts.ts';

export const POLICY = {
  falseAlarms: 0.01,
  minRows: 200,
  effects: { psi: 0.1, ks: 0.1, jensenShannon: 0.1, newCategories: 0.01, missing: 0.05 },
  ignore: [],
};

export function side(counts: readonly number[], given: Partial<SideCounts> = {}): SideCounts {
  const [other, missing] = [given.other ?? 0, given.missing ?? 0];
  const rows = counts.reduce((sum, count) => sum + count, 0) + other + missing;
  return { rows, effectiveRows: rows, counts, other, missing, ...given };
}

export function numeric(column: string, reference: SideCounts | null, live: SideCounts): ColumnCounts {
  const edges = live.counts.slice(1).map((_, i) => i + 1);
  const bins = { kind: 'numeric', edges } as const;
  return { column, role: 'input', segment: null, bins, reference, live, newCategories: [] };
}

export function categorical(
  column: string,
  reference: SideCounts | null,
  live: SideCounts,
  newCategories: ColumnCounts['newCategories'] = [],
): ColumnCounts {
  const categories = live.counts.map((_, i) => String.fromCharCode(97 + i));
  const bins = { kind: 'categorical', categories, isComplete: (reference?.other ?? 0) === 0 } as const;
  return { column, role: 'input', segment: null, bins, reference, live, newCategories };
}
