import { describe, expect, it } from 'vitest';
import { type Definitions, resolveView } from '../../../core/definitions/definitions.ts';
import { wantedFeatures } from '../../../core/training-set/wanted-features.ts';
import { tripDefinitions } from '../../handlers/training-set-definitions.ts';
import { fixtureDefinitions } from '../../infra/fixture-definitions.ts';

const definitions = tripDefinitions(fixtureDefinitions());

function wanted(features: readonly string[], of: Definitions = definitions) {
  return wantedFeatures(of, { features }, (name) => resolveView(of, name));
}

describe('wantedFeatures', () => {
  it('keeps the order asked for, and joins each view once with the features that are wanted or read', () => {
    const { features, views, keys, request } = wanted(['zone_load:trips', 'offer:above_usual', 'weather:rain']);
    expect(features.map(({ column, type, isOnDemand }) => [column, type, isOnDemand])).toEqual([
      ['zone_load__trips', 'int64', false],
      ['offer__above_usual', 'float64', true],
      ['weather__rain', 'float64', false],
    ]);
    expect(views.map(({ as, features: read }) => [as, read])).toEqual([
      ['weather', ['rain']],
      ['zone_load', ['trips', 'fare']],
    ]);
    expect(keys).toEqual([{ name: 'zone_id', type: 'string' }]);
    expect(request).toEqual([{ name: 'asked_fare', type: 'float64' }]);
  });

  it('names each key once, however many views share it', () => {
    expect(wanted(['customer_spend:spend_30d', 'last_order:country']).keys).toEqual([
      { name: 'customer_id', type: 'int64' },
    ]);
  });

  it('refuses one column for keys of two types', () => {
    const entities = definitions.entities.map((one) =>
      one.name === 'zone' ? { ...one, joinKeys: [{ name: 'customer_id', type: 'string' as const }] } : one,
    );
    expect(() => wanted(['zone_load:trips', 'last_order:country'], { ...definitions, entities })).toThrow(
      /column "customer_id" is a .* as the join key of zone_load and a .* for another feature/,
    );
  });

  it('refuses more features than one part can hold', () => {
    const refs = Array.from({ length: 301 }, (_, i) => `zone_load:f${i}`);
    expect(() => wanted(refs)).toThrow(/301 features are asked for; at most 300 are allowed/);
  });
});
