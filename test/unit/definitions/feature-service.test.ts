import { describe, expect, it } from 'vitest';
import { serviceReferenceProblems } from '../../../contracts/definitions/check-feature-service.ts';
import {
  alias,
  column,
  entity,
  feature,
  featureService,
  featureView,
  source,
} from '../../../contracts/definitions/index.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { FeatureService } from '../../../core/definitions/feature-service.ts';

const owner = 'travel';
const place = entity({ name: 'place', joinKeys: { place_id: 'int64' }, owner });
const weather = source({
  name: 'weather',
  columns: { place_id: 'int64', at: 'timestamp', rain_mm: 'float64', wind_kmh: 'float64' },
  eventTime: 'at',
  owner,
});
const forecast = featureView({
  name: 'forecast',
  entity: place,
  source: weather,
  features: { rain_mm: column(), wind_kmh: column() },
  ttl: '1d',
  owner,
});
const origin = alias(forecast, { name: 'origin', joinKeys: ['origin_id'] });
const destination = alias(forecast, { name: 'destination', joinKeys: ['destination_id'] });

const definitions: Definitions = {
  entities: [place],
  sources: [weather],
  featureViews: [forecast],
  onDemandFeatureViews: [],
  featureServices: [],
  models: [],
};
const problemsOf = (service: Partial<FeatureService>) =>
  serviceReferenceProblems({ ...trip, ...service }, definitions).map(({ path, problem }) => `${path}: ${problem}`);

const trip = featureService({
  name: 'trip',
  features: [origin, feature(destination, 'rain_mm'), 'forecast:wind_kmh'],
  aliases: [destination],
  owner,
});

describe('a feature service', () => {
  it('lists its features in order, those of whole views and aliases included', () => {
    expect(trip).toEqual({
      kind: 'featureService',
      name: 'trip',
      features: [
        { view: 'origin', feature: 'rain_mm' },
        { view: 'origin', feature: 'wind_kmh' },
        { view: 'destination', feature: 'rain_mm' },
        { view: 'forecast', feature: 'wind_kmh' },
      ],
      aliases: [
        { name: 'destination', view: 'forecast', joinKeys: ['destination_id'] },
        { name: 'origin', view: 'forecast', joinKeys: ['origin_id'] },
      ],
      description: '',
      owner,
    });
    expect(problemsOf({})).toEqual([]);
  });

  it('refuses a feature twice, and what is no feature', () => {
    expect(() => featureService({ name: 'trip', features: [forecast, 'forecast:rain_mm'], owner })).toThrow(
      '"forecast:rain_mm" is there more than once',
    );
    expect(() => featureService({ name: 'trip', features: ['rain_mm'], owner })).toThrow('is not a feature');
    expect(() => featureService({ name: 'trip', features: [], owner })).toThrow('[] is empty');
  });

  it('refuses aliases that do not name each join key once', () => {
    expect(() => alias(forecast, { name: 'origin', joinKeys: [] })).toThrow(
      'names 0 join keys and view "forecast" has 1',
    );
    const other = alias(forecast, { name: 'origin', joinKeys: ['from_id'] });
    expect(() => featureService({ name: 'trip', features: [origin], aliases: [other], owner })).toThrow(
      'two aliases are named "origin"',
    );
  });

  it('names views and features that are not there, and names that could mean two things', () => {
    expect(problemsOf({ features: [{ view: 'climate', feature: 'sun_h' }] })).toEqual([
      'features: there is no view or alias named "climate"; known: forecast, destination, origin; correct the name',
    ]);
    expect(problemsOf({ features: [{ view: 'origin', feature: 'sun_h' }] })).toEqual([
      'features: there is no feature of view "forecast" named "sun_h"; known: rain_mm, wind_kmh; correct the name',
    ]);
    const named = { name: 'forecast', view: 'forecast', joinKeys: ['from_id'] };
    expect(problemsOf({ aliases: [...trip.aliases, named] })).toEqual([
      'aliases.forecast: "forecast" is also the name of a view; give the alias another name',
    ]);
  });
});
