import { column, entity, featureView, source } from '../../contracts/definitions/index.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';

export const VIEWS = 25;
export const FEATURES_PER_VIEW = 10;

const owner = 'bench@headgate.example';

/** What both sides hold, computed by both: exact in binary. */
export function featureValue(entityId: number, view: number, feature: number): number {
  return entityId * 0.5 + view * 16 + feature * 0.25;
}

export function featureName(view: number, feature: number): string {
  return `v${view}_f${feature}`;
}

/** References to the first features, those of the first view first. */
export function featureRefs(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const view = Math.floor(i / FEATURES_PER_VIEW);
    return `view_${view}:${featureName(view, i % FEATURES_PER_VIEW)}`;
  });
}

/** 25 views of 10 numbers of one entity. */
export function wideDefinitions(): Definitions {
  const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });
  const names = Array.from({ length: VIEWS }, (_, view) =>
    Array.from({ length: FEATURES_PER_VIEW }, (_, feature) => featureName(view, feature)),
  );
  const events = source({
    name: 'events',
    columns: {
      customer_id: 'int64',
      at: 'timestamp',
      ...Object.fromEntries(names.flat().map((name) => [name, 'float64' as const])),
    },
    eventTime: 'at',
    owner,
  });
  return {
    entities: [customer],
    sources: [events],
    featureViews: names.map((features, view) =>
      featureView({
        name: `view_${view}`,
        entity: customer,
        source: events,
        features: Object.fromEntries(features.map((name) => [name, column()])),
        ttl: '30d',
        owner,
      }),
    ),
    onDemandFeatureViews: [],
    featureServices: [],
    models: [],
  };
}
