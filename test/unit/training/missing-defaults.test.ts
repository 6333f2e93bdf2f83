import { describe, expect, it } from 'vitest';
import { resolveView } from '../../../core/definitions/definitions.ts';
import type { Model } from '../../../core/definitions/model.ts';
import { encodeInput } from '../../../core/serving/encode-input.ts';
import { inputsOf } from '../../../core/training/encode-training-set.ts';
import { churn, shop } from '../../handlers/shop-definitions.ts';

const views = { stored: ['last_order', 'spend'].map((name) => resolveView(shop, name)), onDemand: [] };
const withDefaults = (defaults: Model['serving']['missing']['defaults']): Model => ({
  ...churn,
  serving: { ...churn.serving, missing: { ...churn.serving.missing, defaults } },
});
const columns = {
  labels: [0, 1, 0, 1],
  timesMs: [1, 2, 3, 4],
  features: [
    [1, null, 3, 4],
    ['France', null, null, 'Spain'],
    [true, null, false, true],
    [null, null, 2, 3],
  ],
};

describe('defaults of missing values', () => {
  it('are encoded in training exactly as in serving, and a default text is a category of its own', () => {
    const model = withDefaults([
      { ref: 'last_order:amount', value: -1 },
      { ref: 'last_order:country', value: 'elsewhere' },
      { ref: 'last_order:gift', value: false },
    ]);
    const inputs = inputsOf(model, views, columns, [0, 1, 2, 3]);
    expect(inputs.map(({ defaultValue }) => defaultValue)).toEqual([-1, 'elsewhere', false, null]);
    expect(inputs[1]?.categories?.[0]).toBe('elsewhere');
    const [amount, country, gift, spend] = inputs.map(encodeInput);
    expect([amount!(null), country!(null), gift!(null), spend!(null)]).toEqual([-1, 0, 0, null]);
    expect([amount!(5), gift!(true)]).toEqual([5, 1]);
  });

  it('do not stand for a category that training did not keep', () => {
    const [, country] = inputsOf(withDefaults([{ ref: 'last_order:country', value: 'France' }]), views, columns, [0]);
    const encode = encodeInput(country!);
    expect([encode(null), encode('France'), encode('Atlantis')]).toEqual([0, 0, null]);
  });
});
