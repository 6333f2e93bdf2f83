import type { ColumnCounts, SideCounts } from '../../core/drift/column-counts.ts';
import { ksAtCuts } from '../../core/stats/ks-two-sample.ts';
import { binOf, driftBins, profileNumbers } from '../../core/training/reference-profile.ts';
import type { RandomStream } from '../judge/random-stream.ts';
import { ascendingDraws, multinomial } from './draw-counts.ts';
import { ksAsymptoticTail } from './kolmogorov-law.ts';
import type { Feature } from './real-features.ts';

/** As many as a profile lists. */
const MAX_LISTED = 1_000;
/** Quantiles of the feature at which the distance of a plain KS test is looked for. */
const GRID = 200;

/** Draws windows of a feature and counts them against one reference of it. */
export interface FeatureCounts {
  readonly draw: (random: RandomStream, n: number) => DrawnColumn;
}

export interface DrawnColumn {
  readonly counts: ColumnCounts;
  /** P-value of the plain two-sample KS test of numbers; null for categories. */
  readonly ksPValue: number | null;
}

export function featureCounts(feature: Feature, random: RandomStream, referenceRows: number): FeatureCounts {
  return feature.kind === 'numeric'
    ? numericCounts(feature, random, referenceRows)
    : categoricalCounts(feature, random, referenceRows);
}

function numericCounts(
  { name, sorted, missing }: Extract<Feature, { kind: 'numeric' }>,
  random: RandomStream,
  referenceRows: number,
): FeatureCounts {
  const [ofMissing = 0, ofKnown = 0] = multinomial(random, referenceRows, [missing, sorted.length]);
  const sample = Array.from(ascendingDraws(random, ofKnown, sorted.length), (at) => sorted[at]!);
  const { edges } = driftBins(profileNumbers(sample));
  const grid = Array.from({ length: GRID }, (_, i) => sorted[Math.floor(((i + 1) / (GRID + 1)) * sorted.length)]!);
  const cuts = [...new Set([...edges, ...grid])].sort((a, b) => a - b);
  const cells = countsBelow(cuts, sorted);
  const ofReference = countsBelow(cuts, sample);
  const binOfCell = [-Infinity, ...cuts].map((from) => binOf(edges, from));
  const inBins = (counts: readonly number[]) => {
    const bins = new Array<number>(edges.length + 1).fill(0);
    counts.forEach((count, cell) => {
      bins[binOfCell[cell]!]! += count;
    });
    return bins;
  };
  const reference = side(inBins(ofReference), ofMissing);
  return {
    draw: (stream, n) => {
      const [without = 0, ...counts] = multinomial(stream, n, [missing, ...cells]);
      const known = n - without;
      const distance = ksAtCuts(counts, ofReference) ?? 0;
      return {
        counts: {
          column: name,
          role: 'input',
          segment: null,
          bins: { kind: 'numeric', edges },
          reference,
          live: side(inBins(counts), without),
          newCategories: [],
        },
        ksPValue: known === 0 ? 1 : ksAsymptoticTail(distance, known, ofKnown),
      };
    },
  };
}

function categoricalCounts(
  { name, counts, missing }: Extract<Feature, { kind: 'categorical' }>,
  random: RandomStream,
  referenceRows: number,
): FeatureCounts {
  const [ofMissing = 0, ...drawn] = multinomial(random, referenceRows, [missing, ...counts]);
  const listed = drawn
    .map((count, category) => ({ count, category }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const kept = listed.slice(0, MAX_LISTED);
  const isKept = new Set(kept.map(({ category }) => category));
  const other = listed.slice(MAX_LISTED).reduce((sum, { count }) => sum + count, 0);
  const reference = side(
    kept.map(({ count }) => count),
    ofMissing,
    other,
  );
  const bins = {
    kind: 'categorical',
    categories: kept.map(({ category }) => String(category)),
    isComplete: other === 0,
  } as const;
  return {
    draw: (stream, n) => {
      const [without = 0, ...seen] = multinomial(stream, n, [missing, ...counts]);
      const added = seen
        .map((count, category) => ({ count, value: String(category), category }))
        .filter(({ count, category }) => count > 0 && !isKept.has(category))
        .sort((a, b) => b.count - a.count);
      const rest = added.reduce((sum, { count }) => sum + count, 0);
      const live = side(
        kept.map(({ category }) => seen[category]!),
        without,
        rest,
      );
      const newCategories = added.slice(0, 10).map(({ value, count }) => ({ value, count }));
      return {
        counts: { column: name, role: 'input', segment: null, bins, reference, live, newCategories },
        ksPValue: null,
      };
    },
  };
}

/** Per cell between the cuts. */
function countsBelow(cuts: readonly number[], ascending: ArrayLike<number>): readonly number[] {
  const counts = new Array<number>(cuts.length + 1).fill(0);
  let cell = 0;
  for (let i = 0; i < ascending.length; i++) {
    while (cell < cuts.length && ascending[i]! >= cuts[cell]!) cell++;
    counts[cell]! += 1;
  }
  return counts;
}

export function side(counts: readonly number[], missing: number, other = 0): SideCounts {
  const rows = counts.reduce((sum, count) => sum + count, 0) + missing + other;
  return { rows, effectiveRows: rows, counts, other, missing };
}
