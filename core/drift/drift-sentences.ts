import type { ColumnDrift, DriftTest } from './column-drift.ts';
import type { DriftTestRule } from './drift-tests.ts';

interface JudgedTest {
  readonly rule: Pick<DriftTestRule, 'name'>;
  readonly test: DriftTest;
}

const MOST_NAMED = 3;

/** Why a column drifts. */
export function certainSentence(drifting: readonly JudgedTest[]): string {
  return drifting.map(({ rule, test }) => `${sized(rule.name, test)}; ${chance(test)}`).join('. Also ');
}

/** Why a column does not drift, though all of it was compared. */
export function stableSentence(tests: readonly JudgedTest[]): string {
  const measured = tests.filter(({ test }) => test.effect !== null);
  const large = measured.filter(({ test }) => test.effect! >= test.effectLimit);
  if (large.length > 0) {
    return large
      .map(({ rule, test }) => `${sized(rule.name, test)}, but it may be chance: ${chance(test)}`)
      .join('. Also ');
  }
  return `small differences: ${measured.map(({ rule, test }) => sized(rule.name, test)).join(', ')}`;
}

function sized(name: string, { effect, effectLimit }: DriftTest): string {
  return `${name} ${number(effect!)} where ${number(effectLimit)} is the limit`;
}

function chance({ pValue, alpha }: DriftTest): string {
  return `p = ${number(pValue!)}, held against ${number(alpha)}`;
}

/** What the columns come to. */
export function findingsSentence(columns: readonly ColumnDrift[]): string {
  const [drifting, open] = (['drifting', 'not-computable'] as const).map((outcome) =>
    columns.filter((one) => one.outcome === outcome),
  );
  if (columns.length === 0) return 'the model has no inputs and answers to compare';
  if (drifting!.length > 0) {
    const rest = drifting!.length > MOST_NAMED ? ` and ${drifting!.length - MOST_NAMED} more` : '';
    const named = drifting!.slice(0, MOST_NAMED).map((one) => `${titleOf(one)} (${one.because})`);
    return `${ofAll(drifting!.length, columns.length)} drift: ${named.join('; ')}${rest}`;
  }
  if (open!.length === columns.length) return `nothing can be compared: ${open![0]!.because}`;
  const notCompared = open!.length === 0 ? '' : `; ${open!.length} could not be compared: ${namesOf(open!)}`;
  return `none of ${columns.length} columns drifts${notCompared}`;
}

function ofAll(some: number, all: number): string {
  return `${some} of ${all} columns`;
}

function namesOf(columns: readonly ColumnDrift[]): string {
  const named = columns.slice(0, MOST_NAMED).map((one) => `${titleOf(one)} (${one.because})`);
  return columns.length > MOST_NAMED ? `${named.join('; ')} and ${columns.length - MOST_NAMED} more` : named.join('; ');
}

function titleOf({ column, segment }: ColumnDrift): string {
  return segment === null ? column : `${column} where ${segment}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
