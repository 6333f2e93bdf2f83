import type { DriftPolicy } from '../definitions/monitoring.ts';
import { holmLimits } from '../stats/holm.ts';
import type { ColumnCounts } from './column-counts.ts';
import type { ColumnDrift, DriftJudgement } from './column-drift.ts';
import { findingsSentence } from './drift-sentences.ts';
import { judgeColumn, measureColumn, overLimit } from './judge-column.ts';

const RANKS: Readonly<Record<ColumnDrift['outcome'], number>> = { drifting: 0, 'not-computable': 1, stable: 2 };

/**
 * Whether the columns of a window differ from those of the reference.
 *
 * A column drifts when a difference is both certain and large. Certain: its p-value is within what Holm's procedure leaves it of
 * `policy.falseAlarms`, over all columns, tests and segments at once; every p-value is right for any number of rows, so that a
 * scan without drift names any column with that probability at most. Large: it reaches the limit of `policy.effects`.
 * Without rows, or with too few, the outcome is `not-computable` and never `stable`.
 *
 * Inputs that the policy ignores are left out.
 */
export function judgeDrift(
  columns: readonly ColumnCounts[],
  policy: Pick<DriftPolicy, 'falseAlarms' | 'minRows' | 'effects' | 'ignore'>,
): DriftJudgement {
  const watched = columns.filter(({ role, column }) => role === 'prediction' || !policy.ignore.includes(column));
  const measured = watched.map((counts) => measureColumn(counts, policy));
  const pValues = measured.map(({ tests }) => tests.flatMap((one) => one.measured?.pValue ?? []));
  const limits = holmLimits(pValues.flat(), policy.falseAlarms);
  const spareAlpha = policy.falseAlarms / Math.max(1, limits.length);
  let spent = 0;
  const judged = measured.map((column, i) => {
    const alphas = limits.slice(spent, spent + pValues[i]!.length);
    spent += alphas.length;
    return judgeColumn(column, alphas, policy.effects, spareAlpha);
  });
  const ordered = judged
    .map((column) => ({ column, size: overLimit(column) }))
    .sort((a, b) => RANKS[a.column.outcome] - RANKS[b.column.outcome] || order(b.size, a.size))
    .map(({ column }) => column);
  const whole = watched.filter(({ segment }) => segment === null);
  const most = (of: (column: ColumnCounts) => number) => whole.reduce((max, column) => Math.max(max, of(column)), 0);
  return {
    outcome: outcomeOf(ordered),
    because: findingsSentence(ordered),
    rows: most(({ live }) => live.rows),
    effectiveRows: most(({ live }) => Math.min(live.rows, live.effectiveRows)),
    referenceRows: most(({ reference }) => reference?.rows ?? 0),
    columns: ordered,
  };
}

function outcomeOf(columns: readonly ColumnDrift[]): DriftJudgement['outcome'] {
  if (columns.some(({ outcome }) => outcome === 'drifting')) return 'drifting';
  return columns.some(({ outcome }) => outcome === 'stable') ? 'stable' : 'not-computable';
}

/** Infinity less Infinity is no order. */
function order(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
