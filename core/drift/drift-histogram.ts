import { nextUp } from '../training/drift-bins.ts';
import type { ColumnCounts } from './column-counts.ts';
import type { DriftBin } from './column-drift.ts';

/** More categories than these are summed up as `other`. */
const MAX_SHOWN = 20;

/** Shares of all rows per bin, those without a value as a bin of their own. */
export function driftHistogram({ bins, reference, live }: ColumnCounts): readonly DriftBin[] {
  const share = (count: number, rows: number) => (rows === 0 ? 0 : count / rows);
  const bin = (label: string, ofReference: number, ofLive: number): DriftBin => ({
    label,
    reference: share(ofReference, reference?.rows ?? 0),
    live: share(ofLive, live.rows),
  });
  const labels = bins.kind === 'numeric' ? live.counts.map((_, i) => rangeLabel(bins.edges, i)) : bins.categories;
  const counted = labels.map((label, i) => bin(label, reference?.counts[i] ?? 0, live.counts[i]!));
  const missing = bin('missing', reference?.missing ?? 0, live.missing);
  if (bins.kind === 'numeric') return [...counted, missing];

  const larger = (one: DriftBin) => Math.max(one.reference, one.live);
  const shown = new Set([...counted].sort((a, b) => larger(b) - larger(a)).slice(0, MAX_SHOWN));
  const others = counted.filter((one) => !shown.has(one));
  const rest = (of: 'reference' | 'live') => others.reduce((sum, one) => sum + one[of], 0);
  const unlisted = bin('other', reference?.other ?? 0, bins.isComplete ? 0 : live.other);
  const other = {
    label: 'other',
    reference: unlisted.reference + rest('reference'),
    live: unlisted.live + rest('live'),
  };
  return [
    ...counted.filter((one) => shown.has(one)),
    ...(others.length > 0 || !bins.isComplete ? [other] : []),
    ...(bins.isComplete ? [bin('new', 0, live.other)] : []),
    missing,
  ];
}

/** A bin that ends just above where it begins holds that one value. */
function rangeLabel(edges: readonly number[], i: number): string {
  const [before, low, high] = [edges[i - 2], edges[i - 1], edges[i]];
  if (low === undefined) return high === undefined ? 'any' : `below ${text(high)}`;
  const isAfterOne = before !== undefined && low === nextUp(before);
  if (high === undefined) return isAfterOne ? `above ${text(before)}` : `${text(low)} and above`;
  if (high === nextUp(low)) return text(low);
  return isAfterOne ? `(${text(before)}, ${text(high)})` : `[${text(low)}, ${text(high)})`;
}

function text(edge: number): string {
  return String(Number.isInteger(edge) ? edge : Number(edge.toPrecision(6)));
}
