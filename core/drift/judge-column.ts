import type { DriftEffects, DriftPolicy } from '../definitions/monitoring.ts';
import { chiSquareTest } from '../stats/chi-square-test.ts';
import { jensenShannonDistance } from '../stats/jensen-shannon.ts';
import { populationStability, populationStabilityQuantile } from '../stats/population-stability.ts';
import type { ColumnCounts } from './column-counts.ts';
import type { ColumnDrift, DriftTest } from './column-drift.ts';
import { type Comparison, comparisonOf } from './comparison.ts';
import { driftHistogram } from './drift-histogram.ts';
import { certainSentence, stableSentence } from './drift-sentences.ts';
import { DRIFT_TESTS, type DriftTestRule, type Measured } from './drift-tests.ts';
import { mergeRare } from './merge-rare.ts';

/** A column with what each test that applies to it says; null of a test that has too little to go by. */
export interface MeasuredColumn {
  readonly counts: ColumnCounts;
  /** Null when the sides cannot be compared. */
  readonly comparison: Comparison | null;
  /** Why not all of it can be judged; null when it can. */
  readonly because: string | null;
  readonly tests: readonly { readonly rule: DriftTestRule; readonly measured: Measured | null }[];
}

export function measureColumn(counts: ColumnCounts, policy: Pick<DriftPolicy, 'minRows'>): MeasuredColumn {
  const comparison = comparisonOf(counts, policy);
  if ('because' in comparison) return { counts, comparison: null, because: comparison.because, tests: [] };
  const { noValuesBecause } = comparison;
  const tests = DRIFT_TESTS.filter((rule) => rule.appliesTo(comparison)).map((rule) => ({
    rule,
    measured: rule.needsValues && noValuesBecause !== null ? null : rule.measure(comparison),
  }));
  // Where neither side ever has a value, that there is none is all there is to compare.
  const isEmpty = comparison.live.values === 0 && comparison.reference.values === 0;
  return { counts, comparison, because: isEmpty ? null : noValuesBecause, tests };
}

/**
 * @param alphas what each test that has measured something may be wrong with, in their order
 * @param spareAlpha for tests that have measured nothing
 */
export function judgeColumn(
  column: MeasuredColumn,
  alphas: readonly number[],
  effects: DriftEffects,
  spareAlpha: number,
): ColumnDrift {
  const { counts, comparison } = column;
  let next = 0;
  const judged = column.tests.map(({ rule, measured }) => {
    const effectLimit = rule.limit(effects);
    if (measured === null) {
      return {
        rule,
        test: { test: rule.test, effect: null, effectLimit, pValue: null, alpha: spareAlpha, isDrifting: false },
      };
    }
    const alpha = alphas[next++]!;
    const isDrifting = measured.pValue <= alpha && measured.effect >= effectLimit;
    return { rule, test: { test: rule.test, ...measured, effectLimit, alpha, isDrifting } };
  });
  const drifting = judged.filter(({ test }) => test.isDrifting);
  const outcome = drifting.length > 0 ? 'drifting' : column.because === null ? 'stable' : 'not-computable';
  return {
    column: counts.column,
    role: counts.role,
    segment: counts.segment,
    outcome,
    because: drifting.length > 0 ? certainSentence(drifting) : (column.because ?? stableSentence(judged)),
    rows: {
      reference: counts.reference?.rows ?? 0,
      live: counts.live.rows,
      effectiveLive: Math.min(counts.live.rows, counts.live.effectiveRows),
    },
    tests: judged.map(({ test }) => test),
    bins: driftHistogram(counts),
    numbers: comparison === null ? {} : numbersOf(comparison, judged[0]?.test.alpha ?? spareAlpha),
  };
}

/** Largest difference over its limit among the tests that say drift, or among all when none does. */
export function overLimit({ tests }: Pick<ColumnDrift, 'tests'>): number {
  const drifting = tests.filter(({ isDrifting }) => isDrifting);
  return (drifting.length > 0 ? drifting : tests).reduce((most, test) => Math.max(most, ratio(test)), 0);
}

function ratio({ effect, effectLimit }: DriftTest): number {
  if (effect === null || effect === 0) return 0;
  return effectLimit === 0 ? Number.POSITIVE_INFINITY : effect / effectLimit;
}

/** What is told beside the tests and decides nothing. */
function numbersOf(comparison: Comparison, alpha: number): Readonly<Record<string, number>> {
  const { counts, live, reference, noValuesBecause } = comparison;
  const numbers: Record<string, number> = {
    missingLive: counts.live.missing / counts.live.rows,
    missingReference: counts.reference.missing / counts.reference.rows,
    effectiveReference: reference.rows,
  };
  if (noValuesBecause !== null) return numbers;
  const merged = mergeRare(comparison);
  const stability =
    counts.bins.kind === 'numeric' ? [counts.live.counts, counts.reference.counts] : [merged.live, merged.reference];
  numbers['psi'] = populationStability(stability[0]!, stability[1]!) ?? 0;
  if (merged.live.length > 1) {
    numbers['psiNullQuantile'] = populationStabilityQuantile(live.values, reference.values, merged.live.length, alpha);
  }
  numbers['jensenShannonDistance'] = jensenShannonDistance(merged.live, merged.reference) ?? 0;
  const chiSquare = chiSquareTest(merged.live, merged.reference);
  if (chiSquare !== null) {
    numbers['chiSquare'] = chiSquare.statistic;
    numbers['chiSquareDegrees'] = chiSquare.degrees;
  }
  return numbers;
}
