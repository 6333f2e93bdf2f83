import type { Expectation } from '../../core/definitions/expectation.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import type { Source } from '../../core/definitions/source.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { expectBoolean } from './feature-type.ts';
import { quoteValue } from './read-input.ts';

type Found = readonly { path: string; problem: string }[];

/** What is wrong between the expectations of a view, its features and its source. */
export function expectationProblems(view: FeatureView, from: Source): Found {
  const names = view.expectations.map(({ name }) => name);
  const repeated = [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
  return [
    ...repeated.map((name) => ({
      path: `expectations.${name}`,
      problem: 'is declared more than once; give one of them another name',
    })),
    ...view.expectations.flatMap((expectation) =>
      problemsOf(expectation, view, from).map((problem) => ({ path: `expectations.${expectation.name}`, problem })),
    ),
  ];
}

function problemsOf(expectation: Expectation, view: FeatureView, from: Source): readonly string[] {
  switch (expectation.kind) {
    case 'row':
      return [...conditionProblems(expectation.condition, from), ...shareProblems(expectation)];
    case 'null_share': {
      const known = view.features.map(({ name }) => name);
      return known.includes(expectation.feature) ? [] : [noSuch('the view', 'feature', expectation.feature, known)];
    }
    case 'unique': {
      const known = from.columns.map(({ name }) => name);
      const { columns } = expectation;
      const repeated = columns.filter((column, i) => columns.indexOf(column) < i);
      return [
        ...columns
          .filter((column) => !known.includes(column))
          .map((column) => noSuch(`source ${from.name}`, 'column', column, known)),
        ...repeated.map((column) => `column ${quoteValue(column)} is named twice; name it once`),
      ];
    }
    case 'freshness':
      if (!('fixedMs' in from.eventTime)) return [];
      return [`source ${from.name} has a fixed event time, which never gets fresher; leave the expectation out`];
    case 'volume':
      if (expectation.atLeastShare <= expectation.atMostShare) return [];
      return [`atLeast ${expectation.atLeastShare} is more than atMost ${expectation.atMostShare}`];
  }
}

function conditionProblems(condition: string, from: Source): readonly string[] {
  try {
    expectBoolean('the condition', condition, from);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return [error.message];
  }
}

function shareProblems({ severity, maxShare }: Expectation & { kind: 'row' }): readonly string[] {
  if (severity !== 'quarantine' || maxShare === 0) return [];
  return [`maxShare ${maxShare} is not allowed with severity "quarantine"; write 0`];
}

function noSuch(where: string, what: string, name: string, known: readonly string[]): string {
  return `${where} has no ${what} ${quoteValue(name)}; known: ${known.join(', ')}`;
}
