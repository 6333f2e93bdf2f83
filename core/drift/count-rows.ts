/** Answers of core/sql/column-counts-sql.ts, as they are read back. Places of slices are null where the plan lists none. */
export interface CountRows {
  readonly numbers: readonly NumberCountRow[];
  readonly texts: readonly TextCountRow[];
  readonly units: readonly UnitCountRow[];
}

interface OfSlice {
  readonly window: number;
  /** Place in the plan's segments; -1 for all rows. */
  readonly segment: number;
  readonly slice: number | null;
}

export interface NumberCountRow extends OfSlice {
  readonly rows: number;
  readonly decided: number;
  readonly undecided: number;
  /** Per bin, for each of the plan's numbers. */
  readonly counts: readonly (readonly number[])[];
}

export interface TextCountRow extends OfSlice {
  /** Among the plan's texts, from 1. */
  readonly place: number;
  /** Null for values that the plan does not list, with one of them as example. */
  readonly category: string | null;
  readonly example: string | null;
  readonly n: number;
}

export interface UnitCountRow {
  readonly window: number;
  readonly rows: number;
  readonly squares: number;
}

/** How many groups the hash of `unitCountsSql` makes. */
const UNIT_GROUPS = 65_536;

/**
 * As how many independent rows a window counts, see `effectiveRows`: rows of one unit are one observation. Units that share a
 * group by chance are taken out of its squares, which leaves an error of about sqrt(2 / 65,536), half a percent.
 *
 * With g groups, the expected sum of squared groups is F + (N² - F) / g, where F is that of the units.
 */
export function effectiveRowsOf({ rows, squares }: Pick<UnitCountRow, 'rows' | 'squares'>): number {
  if (rows === 0) return 0;
  const ofUnits = ((squares - rows ** 2 / UNIT_GROUPS) * UNIT_GROUPS) / (UNIT_GROUPS - 1);
  return rows ** 2 / Math.min(Math.max(ofUnits, rows), rows ** 2);
}
