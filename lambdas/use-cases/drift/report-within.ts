import type { DriftReport } from '../../../contracts/drift-scan.ts';
import { requestBytes } from '../../../core/sql/unload-query.ts';

/** Of the bytes there are, those that checks of health may take: the columns are what a scan is about. */
const CHECKS_SHARE = 1 / 4;

type Columns = NonNullable<DriftReport['drift']>['columns'];

/**
 * A report with as many of its checks and columns as there is room for, in the order they have. Columns that drift are
 * kept before the others, and those of all rows before those of a segment; the sentences still count them all.
 */
export function reportWithin(report: DriftReport, maxBytes: number): DriftReport {
  if (requestBytes(report) <= maxBytes) return report;
  const checks = fitting(report.health.checks, maxBytes * CHECKS_SHARE);
  const health = { ...report.health, checks: [...checks] };
  const { drift } = report;
  if (drift === null) return { ...report, health };
  const bare = { ...report, health, drift: { ...drift, columns: [] } };
  const kept = new Set(fitting(mostTellingFirst(drift.columns), maxBytes - requestBytes(bare)));
  return { ...bare, drift: { ...drift, columns: drift.columns.filter((column) => kept.has(column)) } };
}

function mostTellingFirst(columns: Columns): Columns {
  const rank = ({ outcome, segment }: Columns[number]) => (outcome === 'drifting' ? 0 : segment === null ? 1 : 2);
  return [...columns].sort((a, b) => rank(a) - rank(b));
}

/** The first ones, with the comma that each takes. */
function fitting<T extends object>(all: readonly T[], maxBytes: number): readonly T[] {
  let left = maxBytes;
  const end = all.findIndex((one) => {
    left -= requestBytes(one) + 1;
    return left < 0;
  });
  return end < 0 ? all : all.slice(0, end);
}
