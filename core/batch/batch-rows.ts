import { featureColumn } from '../definitions/feature-column.ts';
import type { Row, Value } from '../definitions/value-type.ts';
import { onDemandValues } from '../serving/on-demand-values.ts';
import type { PlannedInput, ServingPlan } from '../serving/serving-plan.ts';

/**
 * One row for the model as serving would make it, from stored values as they were known at an instant; null when the
 * model's policy refuses to answer without those that are missing. A join does not tell a value that is too old from
 * one that never was, so a model that refuses old ones is not asked where a value that could be too old is missing.
 *
 * @param stored value of a stored feature by its column
 */
export function batchRow(
  plan: ServingPlan,
  stored: (column: string) => Value,
  request: { readonly context: Row; readonly requestTimeMs: number },
): readonly (number | null)[] | null {
  const computed = onDemandValues(
    plan.onDemand.plan,
    (ref) => stored(featureColumn(ref)),
    request.context,
    request.requestTimeMs,
  );
  const row: (number | null)[] = [];
  for (const planned of plan.inputs) {
    const { from, input, encode } = planned;
    const value = 'onDemandAt' in from ? computed[from.onDemandAt]!.value : stored(featureColumn(input)); // planned for these inputs
    if (value === null && input.defaultValue === null && isRefused(plan, planned)) return null;
    row.push(encode(value));
  }
  return row;
}

function isRefused({ missing, views }: ServingPlan, { from }: PlannedInput): boolean {
  if (missing.onMissing === 'refuse') return true;
  const mayBeOld = 'viewAt' in from && (views[from.viewAt]?.ttlMs ?? null) !== null;
  return missing.onStale === 'refuse' && mayBeOld;
}

/** Rows as the container reads them, like those of a request: CSV without a header, `nan` for a missing value. */
export function batchCsv(rows: readonly (readonly (number | null)[])[]): string {
  return rows.map((row) => `${row.map((value) => (value === null ? 'nan' : String(value))).join(',')}\n`).join('');
}
