import { featureColumn } from '../definitions/feature-column.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Value } from '../definitions/value-type.ts';

/** Column that says whether an input has another value without the knowledge cut; names of definitions never begin so. */
export function changedColumn(ref: FeatureRef): string {
  return `hg_changed_${featureColumn(ref)}`;
}

/** How much of an input is known only later. */
export interface ChangedInput {
  /** `view:feature`. */
  readonly ref: string;
  readonly rows: number;
  /** Rows that see another value without the knowledge cut. */
  readonly changed: number;
  /** `changed` of `rows`, 0 to 1. */
  readonly share: number;
}

/**
 * Counts the changed rows of each input.
 *
 * @param flags for each input and row whether it is changed
 * @param rows positions that count; at least one
 */
export function changedInputs(
  refs: readonly FeatureRef[],
  flags: readonly (readonly Value[])[],
  rows: readonly number[],
): readonly ChangedInput[] {
  return refs.map(({ view, feature }, i) => {
    const changed = rows.filter((row) => flags[i]![row] === true).length;
    return { ref: `${view}:${feature}`, rows: rows.length, changed, share: changed / rows.length };
  });
}
