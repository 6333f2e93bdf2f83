import { describe, expect, it } from 'vitest';
import { expectNotNull, expectSet } from '../../../contracts/definitions/expectation.ts';
import { featureView } from '../../../contracts/definitions/feature-view.ts';
import { statementProblems } from '../../../contracts/definitions/statement-problems.ts';
import type { Expectation } from '../../../core/definitions/expectation.ts';
import { customer, orders, viewInput } from './definition-samples.ts';

function problemsWith(expectations: readonly Expectation[]) {
  const views = [featureView({ ...viewInput, expectations: [...expectations] })];
  const others = { onDemandFeatureViews: [], featureServices: [], models: [] };
  return statementProblems({ entities: [customer], sources: [orders], featureViews: views, ...others });
}

describe('the queries of expectations', () => {
  it('are found possible when the definitions are loaded', () => {
    expect(problemsWith([expectNotNull('price', { severity: 'quarantine' })])).toEqual([]);
  });

  it('are refused then, not in a flow, when the plan of a run could not carry them', () => {
    const names = Array.from({ length: 100 }, (_, i) => `country number ${i} of many`);
    const sets = Array.from({ length: 90 }, (_, i) =>
      expectSet('country', names, { severity: 'warn', name: `countries_${i}` }),
    );
    expect(problemsWith(sets)).toMatchObject([
      {
        definition: 'feature view "spend"',
        path: 'expectations',
        problem: expect.stringMatching(/at most 240000 are allowed/),
      },
    ]);
  });
});
