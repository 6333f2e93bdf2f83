import type { ColumnCounts } from '../../core/drift/column-counts.ts';
import { countsIn, driftBins, profileNumbers } from '../../core/training/reference-profile.ts';
import type { RandomStream } from '../judge/random-stream.ts';
import { multinomial } from './draw-counts.ts';
import { side } from './feature-counts.ts';
import { jensenShannonDrifts, sturgesPsiDrifts, wassersteinDrifts } from './rivals.ts';

/** A column that has drifted, in windows of any size. */
export interface Drifted {
  readonly name: string;
  readonly draw: (random: RandomStream, n: number) => DriftedWindow;
}

export interface DriftedWindow {
  readonly counts: ColumnCounts;
  /** Null where the rule does not apply. */
  readonly evidentlyDefault: boolean;
  readonly evidentlyPsi: boolean | null;
}

export function driftedColumns(random: RandomStream, referenceRows: number): readonly Drifted[] {
  const heavy = (z: number) => Math.exp(2 * z);
  const numbers = (name: string, reference: (z: number) => number, live: (z: number) => number) =>
    numericDrift(name, random, referenceRows, reference, live);
  const shares = [0.4, 0.3, 0.15, 0.1, 0.05];
  return [
    numbers(
      'normal, mean + 0.5 sd',
      (z) => z,
      (z) => z + 0.5,
    ),
    numbers('lognormal (sigma 2), + 0.5 sd of its logarithm', heavy, (z) => heavy(z + 0.5)),
    numbers(
      'normal, variance × 1.5',
      (z) => z,
      (z) => z * Math.sqrt(1.5),
    ),
    numbers(
      'normal, standard deviation × 1.5',
      (z) => z,
      (z) => z * 1.5,
    ),
    categoricalDrift('five categories, 10 points moved', random, referenceRows, shares, [0.3, 0.3, 0.15, 0.1, 0.15]),
    categoricalDrift(
      'a new category with 2 %',
      random,
      referenceRows,
      [...shares, 0],
      [...shares.map((one) => one * 0.98), 0.02],
    ),
    missingDrift('without a value 5 % → 15 %', random, referenceRows, 0.05, 0.15),
  ];
}

function numericDrift(
  name: string,
  random: RandomStream,
  referenceRows: number,
  ofReference: (z: number) => number,
  ofLive: (z: number) => number,
): Drifted {
  const sample = (stream: RandomStream, n: number, of: (z: number) => number) =>
    Float64Array.from({ length: n }, () => of(stream.normal())).sort();
  const reference = sample(random, referenceRows, ofReference);
  const { edges, counts } = driftBins(profileNumbers(Array.from(reference)));
  return {
    name,
    draw: (stream, n) => {
      const live = sample(stream, n, ofLive);
      return {
        counts: {
          column: name,
          role: 'input',
          segment: null,
          bins: { kind: 'numeric', edges },
          reference: side(counts, 0),
          live: side(countsIn(edges, live), 0),
          newCategories: [],
        },
        evidentlyDefault: wassersteinDrifts(reference, live),
        evidentlyPsi: sturgesPsiDrifts(reference, live),
      };
    },
  };
}

/** Categories that the reference does not have come last. */
function categoricalDrift(
  name: string,
  random: RandomStream,
  referenceRows: number,
  before: readonly number[],
  after: readonly number[],
): Drifted {
  const drawn = multinomial(random, referenceRows, before);
  const known = before.filter((share) => share > 0).length;
  const reference = side(drawn.slice(0, known), 0);
  const categories = reference.counts.map((_, i) => String(i));
  return {
    name,
    draw: (stream, n) => {
      const seen = multinomial(stream, n, after);
      const added = seen.slice(known).flatMap((count, i) => (count === 0 ? [] : [{ value: `new ${i}`, count }]));
      const counts: ColumnCounts = {
        column: name,
        role: 'input',
        segment: null,
        bins: { kind: 'categorical', categories, isComplete: true },
        reference,
        live: side(
          seen.slice(0, known),
          0,
          added.reduce((sum, { count }) => sum + count, 0),
        ),
        newCategories: added,
      };
      return { counts, evidentlyDefault: jensenShannonDrifts(counts), evidentlyPsi: null };
    },
  };
}

function missingDrift(
  name: string,
  random: RandomStream,
  referenceRows: number,
  before: number,
  after: number,
): Drifted {
  const of = (stream: RandomStream, n: number, share: number) => {
    const [without = 0, ...bins] = multinomial(stream, n, [share, ...new Array<number>(10).fill((1 - share) / 10)]);
    return side(bins, without);
  };
  const reference = of(random, referenceRows, before);
  return {
    name,
    draw: (stream, n) => {
      const bins = { kind: 'numeric', edges: [1, 2, 3, 4, 5, 6, 7, 8, 9] } as const;
      const live = of(stream, n, after);
      const counts: ColumnCounts = {
        column: name,
        role: 'input',
        segment: null,
        bins,
        reference,
        live,
        newCategories: [],
      };
      return { counts, evidentlyDefault: false, evidentlyPsi: null };
    },
  };
}
