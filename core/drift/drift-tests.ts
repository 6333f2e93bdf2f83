import type { DriftEffects } from '../definitions/monitoring.ts';
import { exactAtCuts, exactHomogeneity } from '../stats/exact-homogeneity.ts';
import { logFisherExact } from '../stats/fisher-exact.ts';
import { jensenShannonDistance } from '../stats/jensen-shannon.ts';
import { ksAtCuts } from '../stats/ks-two-sample.ts';
import { populationStability } from '../stats/population-stability.ts';
import { unseenValuesBound } from '../stats/unseen-values.ts';
import type { DriftTestName } from './column-drift.ts';
import type { Comparison } from './comparison.ts';
import { mergeRare } from './merge-rare.ts';

/** What a test says of a column. */
export interface Measured {
  /** Size of the difference, as it was seen. */
  readonly effect: number;
  /** Probability of such a difference, or a larger one, without drift: right for any number of rows. */
  readonly pValue: number;
}

/** A way to look for drift. To add one, add it here; judge, budget and report need nothing else. */
export interface DriftTestRule {
  readonly test: DriftTestName;
  /** As it is said in a sentence. */
  readonly name: string;
  readonly limit: (effects: DriftEffects) => number;
  readonly appliesTo: (comparison: Comparison) => boolean;
  /** It looks at values, so that it says nothing of a column that has none. */
  readonly needsValues: boolean;
  /** Only asked when it applies and there is enough to go by. */
  readonly measure: (comparison: Comparison) => Measured;
}

export const DRIFT_TESTS: readonly DriftTestRule[] = [
  {
    test: 'psi',
    name: 'PSI',
    limit: ({ psi }) => psi,
    appliesTo: ({ counts }) => counts.bins.kind === 'numeric',
    needsValues: true,
    measure: ({ counts, live, reference }) => ({
      effect: populationStability(counts.reference.counts, counts.live.counts) ?? 0,
      pValue: exactHomogeneity(live.bins, reference.bins).pValue,
    }),
  },
  {
    test: 'ks',
    name: 'KS distance',
    limit: ({ ks }) => ks,
    appliesTo: ({ counts }) => counts.bins.kind === 'numeric',
    needsValues: true,
    measure: ({ counts, live, reference }) => ({
      effect: ksAtCuts(counts.live.counts, counts.reference.counts) ?? 0,
      pValue: exactAtCuts(live.bins, reference.bins),
    }),
  },
  {
    test: 'chi_square',
    name: 'Jensen-Shannon distance',
    limit: ({ jensenShannon }) => jensenShannon,
    appliesTo: ({ counts }) => counts.bins.kind === 'categorical',
    needsValues: true,
    measure: (comparison) => {
      const { live, reference } = mergeRare(comparison);
      return {
        effect: jensenShannonDistance(live, reference) ?? 0,
        pValue: exactHomogeneity(live, reference).pValue,
      };
    },
  },
  {
    test: 'new_categories',
    name: 'share of new categories',
    limit: ({ newCategories }) => newCategories,
    appliesTo: ({ counts }) => counts.bins.kind === 'categorical' && counts.bins.isComplete,
    needsValues: true,
    measure: ({ counts, live, reference }) => ({
      effect: counts.live.other / (counts.live.rows - counts.live.missing),
      pValue: unseenValuesBound({
        n: live.values,
        m: reference.values,
        unseen: newValues(counts.newCategories, counts.live.other, live.weight),
        known: live.bins.map((cases, i) => ({ values: 1, cases: cases + reference.bins[i]! })),
      }),
    }),
  },
  {
    test: 'missing',
    name: 'share without a value',
    limit: ({ missing }) => missing,
    appliesTo: () => true,
    needsValues: false,
    measure: ({ counts, live, reference }) => ({
      effect: Math.abs(counts.live.missing / counts.live.rows - counts.reference.missing / counts.reference.rows),
      pValue: Math.exp(
        logFisherExact({ hits: live.missing, n: live.rows }, { hits: reference.missing, n: reference.rows }),
      ),
    }),
  },
];

/** The values that were listed, and those that were not as if each were another. */
function newValues(listed: Comparison['counts']['newCategories'], other: number, weight: number) {
  const rest = other - listed.reduce((sum, { count }) => sum + count, 0);
  return [
    ...listed.map(({ count }) => ({ values: 1, cases: Math.floor(count * weight) })),
    { values: Math.floor(Math.max(0, rest) * weight), cases: 1 },
  ];
}
