import { describe, expect, it, test } from 'vitest';
import { definitionProblems } from '../../../contracts/definitions/check-definitions.ts';
import { model } from '../../../contracts/definitions/model.ts';
import { inputProblems } from '../../../contracts/definitions/model-input-problems.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { Entity, JoinKey } from '../../../core/definitions/entity.ts';
import { customer, modelInput, orders, spend } from './definition-samples.ts';

const entityOf = (name: string, joinKeys: readonly JoinKey[]): Entity => ({ ...customer, name, joinKeys });
const CUSTOMER: JoinKey = { name: 'customer_id', type: 'string' };
const SHOP: JoinKey = { name: 'shop_id', type: 'int64' };

/** What is wrong with a model about entities of some keys over a view of an entity of others. */
function problemsOf(ofModel: readonly JoinKey[], ofView: readonly JoinKey[]): readonly string[] {
  const definitions: Definitions = {
    entities: [entityOf('asked', ofModel), entityOf('described', ofView)],
    sources: [orders],
    featureViews: [{ ...spend, entity: 'described', keyColumns: ofView.map(({ name }) => name) }],
    onDemandFeatureViews: [],
    featureServices: [],
    models: [],
  };
  return inputProblems({ ...model(modelInput), entity: 'asked' }, definitions).map(({ problem }) => problem);
}

describe('a model may use views', () => {
  it.each([
    ['of an entity with the same join keys', [CUSTOMER], [CUSTOMER]],
    ['by a part of its join keys', [CUSTOMER, SHOP], [SHOP]],
    ['by its join keys in another order', [CUSTOMER, SHOP], [SHOP, CUSTOMER]],
    ['of a thing there is one of', [CUSTOMER], []],
    ['of a thing there is one of, when it is about one itself', [], []],
  ])('%s', (_, ofModel, ofView) => {
    expect(problemsOf(ofModel, ofView)).toEqual([]);
  });

  it.each([
    ['with a join key that it lacks', [CUSTOMER], [CUSTOMER, SHOP], 'describes described by shop_id (int64)'],
    [
      'with a join key of another type',
      [CUSTOMER],
      [{ ...CUSTOMER, type: 'int64' as const }],
      'by customer_id (int64)',
    ],
    ['with any join key when it has none', [], [CUSTOMER], 'predicts about asked, which has no join keys'],
  ])('but not %s', (_, ofModel, ofView, says) => {
    expect(problemsOf(ofModel, ofView)).toEqual([expect.stringContaining(says)]);
  });
});

test('a model about the one there is cannot be split by entity', () => {
  const everyone = entityOf('customer', []);
  const about = model({ ...modelInput, split: { by: 'entity' } });
  const definitions: Definitions = {
    entities: [everyone],
    sources: [orders],
    featureViews: [{ ...spend, keyColumns: [] }],
    onDemandFeatureViews: [],
    featureServices: [],
    models: [{ ...about, label: { ...about.label, keyColumns: [] } }],
  };
  expect(definitionProblems(definitions)).toMatchObject([
    { definition: 'model "repeat"', path: 'split.by', problem: expect.stringContaining('split by time') },
  ]);
});
