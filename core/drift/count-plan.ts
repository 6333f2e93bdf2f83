import type { Segment } from '../definitions/model.ts';
import type { ReleaseManifest } from '../release/release-manifest.ts';
import type { ReferenceProfile } from '../training/reference-profile.ts';
import { rangeText } from '../training/segment-rows.ts';
import type { ColumnBins } from './column-counts.ts';
import { referenceColumns } from './reference-columns.ts';

/** What is counted of a release's predictions, and in which bins: the same when it is counted and when it is judged. */
export interface CountPlan {
  readonly numbers: readonly CountedNumber[];
  readonly texts: readonly CountedText[];
  readonly segments: readonly CountedSegment[];
  readonly hasDecision: boolean;
}

export interface CountedNumber {
  /** `view:feature`, or `score`. */
  readonly column: string;
  /** Place among the release's inputs; null for the score. */
  readonly place: number | null;
  /** Ascending. Bin i holds edges[i - 1] <= x < edges[i]. Of a boolean 0.5. */
  readonly edges: readonly number[];
  /** Of a boolean, false first: what the two bins stand for. */
  readonly isBoolean: boolean;
}

export interface CountedText {
  readonly column: string;
  readonly place: number;
  /** Counted one by one, most frequent in the reference first. */
  readonly categories: readonly string[];
  /** The reference has no other values. */
  readonly isComplete: boolean;
}

/** A segment of the model that is one of its inputs, with the slices that the reference has counted. */
export interface CountedSegment {
  /** `view:feature`. */
  readonly segment: string;
  readonly place: number;
  readonly isText: boolean;
  readonly cuts: readonly number[] | null;
  /** Null for rows without a value. */
  readonly slices: readonly (string | null)[];
}

/** Categories of a text column that are counted one by one; the statement holds them. */
const MAX_CATEGORIES = 200;
/** Of all text columns together, in UTF-16 units with what surrounds each in the request. */
const MAX_CATEGORY_CHARS = 60_000;
const AROUND_CATEGORY_CHARS = 30;
/** Athena takes no longer parameter; a longer text is one that is not listed. */
const MAX_CATEGORY_LENGTH = 500;

/**
 * @param ignored inputs that nobody looks at
 * @param profile of the release's training set
 */
export function planCounts(
  { inputs, model, evaluation }: ReleaseManifest,
  profile: ReferenceProfile,
  ignored: readonly string[],
): CountPlan {
  const refs = inputs.map(({ view, feature }) => `${view}:${feature}`);
  const bins = new Map(referenceColumns({ ...profile, slices: [] }).map((column) => [column.column, column.bins]));
  const watched = refs.map((column, place) => ({ column, place })).filter(({ column }) => !ignored.includes(column));
  const numbers = watched.flatMap(({ column, place }): readonly CountedNumber[] => {
    const type = inputs[place]!.type;
    const found = bins.get(column);
    if (type === 'boolean') return [{ column, place, edges: [0.5], isBoolean: true }];
    return found?.kind === 'numeric' ? [{ column, place, edges: found.edges, isBoolean: false }] : [];
  });
  const texts = watched.flatMap(({ column, place }): readonly CountedText[] => {
    const found = bins.get(column);
    return inputs[place]!.type === 'string' && found?.kind === 'categorical'
      ? [{ column, place, ...listed(found) }]
      : [];
  });
  const score = { column: 'score', place: null, edges: evaluation.scoreCuts ?? [], isBoolean: false };
  return {
    numbers: [...numbers, score],
    texts: withinText(texts),
    segments: model.segments.flatMap((segment) => countedSegment(segment, refs, inputs, profile)),
    hasDecision: model.serving.decisionThreshold !== null,
  };
}

function listed(bins: Extract<ColumnBins, { kind: 'categorical' }>): Pick<CountedText, 'categories' | 'isComplete'> {
  const tooLong = bins.categories.findIndex(({ length }) => length > MAX_CATEGORY_LENGTH);
  const categories = bins.categories.slice(0, tooLong < 0 ? MAX_CATEGORIES : Math.min(tooLong, MAX_CATEGORIES));
  return { categories, isComplete: bins.isComplete && categories.length === bins.categories.length };
}

/** As many of the most frequent categories of each column as there is room for. */
function withinText(texts: readonly CountedText[]): readonly CountedText[] {
  const sizeOf = (most: number) =>
    texts
      .flatMap(({ categories }) => categories.slice(0, most))
      .reduce((sum, { length }) => sum + length + AROUND_CATEGORY_CHARS, 0);
  let most = MAX_CATEGORIES;
  while (most > 1 && sizeOf(most) > MAX_CATEGORY_CHARS) most = Math.floor(most * 0.8);
  return texts.map((text) => {
    const categories = text.categories.slice(0, most);
    return { ...text, categories, isComplete: text.isComplete && categories.length === text.categories.length };
  });
}

function countedSegment(
  { view, feature, cuts }: Segment,
  refs: readonly string[],
  inputs: ReleaseManifest['inputs'],
  { slices = [] }: ReferenceProfile,
): readonly CountedSegment[] {
  const segment = `${view}:${feature}`;
  const place = refs.indexOf(segment);
  const named = slices.filter((one) => one.segment === segment).map(({ slice }) => slice);
  const isText = inputs[place]?.type === 'string';
  const short = named.filter((slice) => slice === null || slice.length <= MAX_CATEGORY_LENGTH);
  return place < 0 || short.length === 0 ? [] : [{ segment, place, isText, cuts, slices: short }];
}

/** The slice of each bin that the cuts make of numbers, as the reference names them. */
export function sliceOfCuts(cuts: readonly number[]): readonly string[] {
  return Array.from({ length: cuts.length + 1 }, (_, bin) => rangeText(cuts, bin));
}
