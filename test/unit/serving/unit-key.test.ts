import { describe, expect, it } from 'vitest';
import { planServing } from '../../../core/serving/serving-plan.ts';
import { unitKey } from '../../../core/serving/unit-key.ts';
import { churnRelease } from '../../handlers/shop-definitions.ts';

const { manifest } = churnRelease();
const byShop = manifest.featureViews.map((one) => ({
  ...one,
  entity: { ...one.entity, name: 'shop', joinKeys: [{ name: 'shop_id', type: 'int64' as const }] },
}));

describe('the unit of a request', () => {
  it('is the entity that the model is about, whatever else is named, in whatever order', () => {
    const plan = planServing('r', { ...manifest, featureViews: [...byShop, ...manifest.featureViews] });
    expect(unitKey(plan, { customer_id: 7, shop_id: 1 }, 'p1')).toBe('[7]');
    expect(unitKey(plan, { shop_id: 2, customer_id: 7 }, 'p2')).toBe('[7]');
  });

  it('is everything that is named where no view is about that entity', () => {
    const plan = planServing('r', { ...manifest, featureViews: byShop });
    expect(unitKey(plan, { shop_id: 3 }, 'p1')).toBe('[3]');
  });

  it('is the prediction where nobody is named', () => {
    expect(unitKey(planServing('r', manifest), undefined, 'p1')).toBe('p1');
    expect(unitKey(planServing('r', { ...manifest, featureViews: [] }), {}, 'p1')).toBe('p1');
  });

  it('keeps a number and a text of the same digits apart', () => {
    const plan = planServing('r', manifest);
    expect(unitKey(plan, { customer_id: 7 }, 'p')).not.toBe(unitKey(plan, { customer_id: '7' }, 'p'));
  });
});
