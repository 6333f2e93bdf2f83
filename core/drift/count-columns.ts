import { sliceName } from '../gates/segment-rows.ts';
import type { CategoryCount, ColumnBins, ColumnCounts, SideCounts } from './column-counts.ts';
import type { CountedNumber, CountedText, CountPlan } from './count-plan.ts';
import { type CountRows, effectiveRowsOf, type TextCountRow } from './count-rows.ts';
import type { ReferenceColumn } from './reference-columns.ts';

const LIVE = 0;
const ALL_ROWS = -1;
/** New categories that a report names. */
const MAX_NAMED = 10;
const BOOLEANS = ['false', 'true'];

/**
 * Puts the counts of a window beside those of the reference, column by column: of all rows, then of each slice.
 *
 * @param known bins and counts of the reference by column and slice; when a season is the reference, the bins alone
 * @param isSeason whether the windows after the first are the reference
 */
export function countColumns(
  plan: CountPlan,
  rows: CountRows,
  known: readonly ReferenceColumn[],
  isSeason: boolean,
): readonly ColumnCounts[] {
  const seasons = [...new Set(rows.numbers.map(({ window }) => window))].filter((window) => window !== LIVE);
  const byName = new Map(known.map((column) => [JSON.stringify([column.column, column.segment]), column]));
  const texts = byPlace(rows.texts);
  return slicesOf(plan).flatMap((slice) => {
    const live = sideOf(plan, rows, texts, LIVE, slice);
    const earlier = isSeason ? seasons.map((window) => sideOf(plan, rows, texts, window, slice)) : [];
    return columnsOf(plan).map(({ column, role, whole, countsOf }, i): ColumnCounts => {
      const reference = byName.get(JSON.stringify([column, slice.name])) ?? null;
      const bins = binsFor(whole, reference?.bins ?? null);
      const counted = (side: Side) => sideCounts(side, countsOf(side, i), bins);
      return {
        column,
        role,
        segment: slice.name,
        bins,
        reference: isSeason ? sumOf(earlier.map(counted)) : alignedTo(bins, reference?.reference ?? null),
        live: counted(live),
        newCategories: newCategories(countsOf(live, i), bins),
      };
    });
  });
}

interface SliceOf {
  /** Null for all rows. */
  readonly name: string | null;
  readonly segment: number;
  readonly slice: number;
}

function slicesOf({ segments }: CountPlan): readonly SliceOf[] {
  const sliced = segments.flatMap(({ segment, slices }, i) =>
    slices.map((name, slice) => ({ name: sliceName(segment, name), segment: i, slice })),
  );
  return [{ name: null, segment: ALL_ROWS, slice: ALL_ROWS }, ...sliced];
}

/** One window, or one slice of it. */
interface Side {
  readonly rows: number;
  readonly effectiveRows: number;
  readonly numbers: readonly (readonly number[])[];
  readonly texts: readonly (readonly TextCountRow[])[];
  readonly decided: number;
  readonly undecided: number;
}

/** Rows of texts by what they are of: there may be a million, for thousands of columns and slices. */
type TextsByPlace = ReadonlyMap<string, readonly TextCountRow[]>;

function byPlace(texts: readonly TextCountRow[]): TextsByPlace {
  const found = new Map<string, TextCountRow[]>();
  for (const row of texts) {
    const key = placeKey(row.window, row.segment, row.slice, row.place);
    const rows = found.get(key);
    if (rows === undefined) found.set(key, [row]);
    else rows.push(row);
  }
  return found;
}

function placeKey(window: number, segment: number, slice: number | null, place: number): string {
  return JSON.stringify([window, segment, slice, place]);
}

function sideOf(
  plan: CountPlan,
  { numbers, units }: CountRows,
  texts: TextsByPlace,
  window: number,
  { segment, slice }: SliceOf,
): Side {
  const found = numbers.find((row) => row.window === window && row.segment === segment && row.slice === slice);
  const repeats = units.find((row) => row.window === window);
  const rows = found?.rows ?? 0;
  const share = repeats === undefined || repeats.rows === 0 ? 1 : effectiveRowsOf(repeats) / repeats.rows;
  const ofPlace = plan.texts.map((_, i) => texts.get(placeKey(window, segment, slice, i + 1)) ?? []);
  return {
    rows,
    effectiveRows: rows * Math.min(1, share),
    numbers: found?.counts ?? [],
    texts: ofPlace,
    decided: found?.decided ?? 0,
    undecided: found?.undecided ?? 0,
  };
}

/** What was counted of a column: per bin, or per category with those that nobody listed. */
type Counted =
  | { readonly kind: 'bins'; readonly counts: readonly number[] }
  | {
      readonly kind: 'categories';
      readonly listed: ReadonlyMap<string, number>;
      readonly unlisted: readonly CategoryCount[];
    };

interface PlannedColumn {
  readonly column: string;
  readonly role: ColumnCounts['role'];
  /** As the plan counts it. */
  readonly whole: ColumnBins;
  /** @param i place of the column among all of the plan */
  countsOf(side: Side, i: number): Counted;
}

function columnsOf(plan: CountPlan): readonly PlannedColumn[] {
  const decision: PlannedColumn = {
    column: 'decision',
    role: 'prediction',
    whole: { kind: 'categorical', categories: BOOLEANS, isComplete: true },
    countsOf: ({ decided, undecided }) => booleans([undecided, decided]),
  };
  return [
    ...plan.numbers.map(numberColumn),
    ...plan.texts.map((text) => textColumn(text, plan.numbers.length)),
    ...(plan.hasDecision ? [decision] : []),
  ];
}

function numberColumn({ column, place, edges, isBoolean }: CountedNumber): PlannedColumn {
  const role = place === null ? 'prediction' : 'input';
  if (isBoolean) {
    const whole = { kind: 'categorical', categories: BOOLEANS, isComplete: true } as const;
    return { column, role, whole, countsOf: ({ numbers }, i) => booleans(numbers[i] ?? []) };
  }
  return {
    column,
    role,
    whole: { kind: 'numeric', edges },
    countsOf: ({ numbers }, i) => {
      const counts = numbers[i] ?? new Array<number>(edges.length + 1).fill(0);
      // without an edge it was counted to either side of one that means nothing
      return { kind: 'bins', counts: edges.length === 0 ? [counts.reduce((sum, n) => sum + n, 0)] : counts };
    },
  };
}

function textColumn({ column, categories, isComplete }: CountedText, before: number): PlannedColumn {
  return {
    column,
    role: 'input',
    whole: { kind: 'categorical', categories, isComplete },
    countsOf: ({ texts }, i) => {
      const rows = texts[i - before] ?? [];
      const listed = rows.flatMap(({ category, n }) => (category === null ? [] : [[category, n] as const]));
      const unlisted = rows.filter(({ category }) => category === null);
      return {
        kind: 'categories',
        listed: new Map(listed),
        unlisted: unlisted.map(({ example, n }) => ({ value: example ?? '', count: n })),
      };
    },
  };
}

function booleans(counts: readonly number[]): Counted {
  return { kind: 'categories', listed: new Map(BOOLEANS.map((name, i) => [name, counts[i] ?? 0])), unlisted: [] };
}

/** The categories that both sides have counted: a reference may have counted fewer, and in another order for booleans. */
function binsFor(whole: ColumnBins, reference: ColumnBins | null): ColumnBins {
  if (whole.kind !== 'categorical' || reference?.kind !== 'categorical') return whole;
  const categories = reference.categories.filter((category) => whole.categories.includes(category));
  const isWhole = categories.length === reference.categories.length;
  return { kind: 'categorical', categories, isComplete: whole.isComplete && reference.isComplete && isWhole };
}

function sideCounts({ rows, effectiveRows }: Side, counted: Counted, bins: ColumnBins): SideCounts {
  const counts = countsIn(counted, bins);
  const other = unlistedIn(counted, bins).reduce((sum, { count }) => sum + count, 0);
  const missing = rows - other - counts.reduce((sum, n) => sum + n, 0);
  return { rows, effectiveRows, counts, other, missing };
}

function countsIn(counted: Counted, bins: ColumnBins): readonly number[] {
  if (counted.kind === 'bins') return counted.counts;
  return bins.kind === 'categorical' ? bins.categories.map((category) => counted.listed.get(category) ?? 0) : [];
}

/** Most frequent first. */
function unlistedIn(counted: Counted, bins: ColumnBins): readonly CategoryCount[] {
  if (counted.kind === 'bins' || bins.kind !== 'categorical') return [];
  const beside = [...counted.listed].filter(([value, n]) => n > 0 && !bins.categories.includes(value));
  const all = [...counted.unlisted, ...beside.map(([value, count]) => ({ value, count }))];
  return all.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function newCategories(counted: Counted, bins: ColumnBins): readonly CategoryCount[] {
  return bins.kind === 'categorical' && bins.isComplete ? unlistedIn(counted, bins).slice(0, MAX_NAMED) : [];
}

function alignedTo(bins: ColumnBins, reference: SideCounts | null): SideCounts | null {
  if (reference === null || bins.kind !== 'categorical') return reference;
  const counts = reference.counts.slice(0, bins.categories.length);
  const rest = reference.counts.slice(bins.categories.length).reduce((sum, n) => sum + n, 0);
  return { ...reference, counts, other: reference.other + rest };
}

/** Null when no window had a row. */
function sumOf(sides: readonly SideCounts[]): SideCounts | null {
  const withRows = sides.filter(({ rows }) => rows > 0);
  if (withRows.length === 0) return null;
  return withRows.reduce((a, b) => ({
    rows: a.rows + b.rows,
    effectiveRows: a.effectiveRows + b.effectiveRows,
    counts: a.counts.map((n, i) => n + b.counts[i]!),
    other: a.other + b.other,
    missing: a.missing + b.missing,
  }));
}
