import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Entity } from '../../core/definitions/entity.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import type { ValueType } from '../../core/definitions/value-type.ts';

const owner = 'growth@example.com';
const DAY_MS = 86_400_000;

function entityOf(name: string, keys: Readonly<Record<string, 'string' | 'int64'>>): Entity {
  const joinKeys = Object.entries(keys).map(([key, type]) => ({ name: key, type }));
  return { kind: 'entity', name, joinKeys, description: '', owner };
}

function viewOf(
  name: string,
  entity: Entity,
  features: Readonly<Record<string, ValueType>>,
  ttlMs: number | null,
): FeatureView {
  return {
    kind: 'featureView',
    name,
    entity: entity.name,
    source: 'orders',
    keyColumns: entity.joinKeys.map(() => 'customer_id'),
    features: Object.entries(features).map(([feature, type]) => ({
      name: feature,
      type,
      compute: { kind: 'column', column: 'country' },
      description: '',
    })),
    ttlMs,
    scheduleMs: DAY_MS,
    freshnessMs: null,
    stream: null,
    expectations: [],
    description: '',
    owner,
  };
}

const zone = entityOf('zone', { zone_id: 'string' });
const pair = entityOf('pair', { left_key: 'string', right_key: 'string' });
const world = entityOf('world', {});

/** Views of one key, of two keys and of none, an on-demand view over one of them, and a service that reads one view twice. */
export function tripDefinitions(definitions: Definitions): Definitions {
  return {
    ...definitions,
    entities: [...definitions.entities, zone, pair, world],
    featureViews: [
      ...definitions.featureViews,
      viewOf('zone_load', zone, { trips: 'int64', fare: 'float64' }, DAY_MS),
      viewOf('pair_score', pair, { score: 'float64' }, null),
      viewOf('weather', world, { rain: 'float64' }, null),
    ],
    onDemandFeatureViews: [
      {
        kind: 'onDemandFeatureView',
        name: 'offer',
        request: [{ name: 'asked_fare', type: 'float64' }],
        features: [
          { name: 'above_usual', type: 'float64', sql: 'asked_fare - zone_load__fare', description: '' },
          { name: 'hour', type: 'int64', sql: 'hour(request_time)', description: '' },
        ],
        description: '',
        owner,
      },
    ],
    featureServices: [
      {
        kind: 'featureService',
        name: 'trip',
        features: [
          { view: 'pickup', feature: 'trips' },
          { view: 'dropoff', feature: 'trips' },
          { view: 'weather', feature: 'rain' },
        ],
        aliases: [
          { name: 'pickup', view: 'zone_load', joinKeys: ['pickup_zone'] },
          { name: 'dropoff', view: 'zone_load', joinKeys: ['dropoff_zone'] },
        ],
        description: '',
        owner,
      },
    ],
  };
}
