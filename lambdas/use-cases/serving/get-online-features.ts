import type { GetOnlineFeaturesRequest, GetOnlineFeaturesResponse } from '../../../contracts/api/feast.ts';
import type { Definitions, ResolvedView } from '../../../core/definitions/definitions.ts';
import type { JoinKey } from '../../../core/definitions/entity.ts';
import { jsonValue } from '../../../core/definitions/value-type.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { checkJoinKeyNames, checkJoinKeySize, checkJoinKeyValue } from '../../../core/serving/entity-key.ts';
import { modelRefs, requestedFeatures } from '../../../core/serving/feature-request.ts';
import type { ServedValue } from '../../../core/serving/prediction-record.ts';
import { servedValues } from '../../../core/serving/served-values.ts';
import { streamLayout } from '../../../core/streaming/stream-layout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { OnlineStore } from '../../ports/online-store.ts';

/** Items that one request may read: entities times views. */
const MAX_ITEMS = 5_000;
const NO_TIME = '1970-01-01T00:00:00Z';

export interface GetOnlineFeaturesDeps {
  readonly definitions: Definitions;
  readonly online: OnlineStore;
  readonly clock: Clock;
}

/** The latest values of features for many entities, in one read of the store. */
export async function getOnlineFeatures(
  deps: GetOnlineFeaturesDeps,
  ask: GetOnlineFeaturesRequest,
): Promise<GetOnlineFeaturesResponse> {
  const refs = ask.features ?? modelRefs(deps.definitions, ask.feature_service ?? '');
  const features = requestedFeatures(deps.definitions, refs, ask.full_feature_names);
  const views = [...new Map(features.map(({ resolved }) => [resolved.view.name, resolved])).values()];
  const joinKeys = [...new Map(views.flatMap(({ entity }) => entity.joinKeys.map((key) => [key.name, key]))).values()];
  const count = checkLists(joinKeys, ask.entities, views.length);

  const served = await readViews(deps, views, ask.entities, count);
  const keyNames = Object.keys(ask.entities);
  const keyResults = keyNames.map((name) => ({
    values: [...(ask.entities[name] ?? [])],
    statuses: Array.from({ length: count }, () => 'PRESENT' as const),
    event_timestamps: Array.from({ length: count }, () => NO_TIME),
  }));
  const featureResults = features.map(({ resolved, columnAt }) => {
    const { type } = resolved.view.features[columnAt]!; // found by requestedFeatures
    const column = (served.get(resolved.view.name) ?? []).map((row) => row[columnAt]!);
    return {
      values: column.map(({ value }) => jsonValue(type, value)),
      statuses: column.map(({ status }) => status),
      event_timestamps: column.map((one) => eventTimestamp(one)),
    };
  });
  return {
    metadata: {
      feature_names: [...keyNames, ...features.map(({ name }) => name)],
      ...(ask.include_feature_view_version_metadata && {
        feature_view_metadata: views.map(({ view, version }) => ({ name: view.name, version })),
      }),
    },
    results: [...keyResults, ...featureResults],
  };
}

/** Served values by view; inside it one row per entity. */
async function readViews(
  { online, clock }: GetOnlineFeaturesDeps,
  views: readonly ResolvedView[],
  entities: GetOnlineFeaturesRequest['entities'],
  count: number,
): Promise<ReadonlyMap<string, readonly (readonly ServedValue[])[]>> {
  const keys = views.flatMap(({ view, entity, version }) =>
    Array.from({ length: count }, (_, place) => ({
      entity: entity.name,
      key: entity.joinKeys.map(({ name }) => entities[name]![place]!), // lengths were checked
      view: view.name,
      version,
    })),
  );
  const { items } = await online.read(keys, []);
  const nowMs = clock.now().getTime();
  return new Map(
    views.map(({ view, source }, at) => {
      const stream = streamLayout({ view, source });
      const own = items.slice(at * count, (at + 1) * count);
      return [view.name, own.map((item) => servedValues(view.features, view.ttlMs, item, nowMs, stream))];
    }),
  );
}

/** Number of entities asked for. */
function checkLists(
  joinKeys: readonly JoinKey[],
  entities: GetOnlineFeaturesRequest['entities'],
  views: number,
): number {
  checkJoinKeyNames(
    joinKeys.map(({ name }) => name),
    Object.keys(entities),
  );
  const lengths = new Set(Object.values(entities).map((list) => list.length));
  const [count = 0] = lengths;
  if (lengths.size > 1 || count === 0) {
    throw new InvalidInputError('entities must have at least one place, and the same number for every join key', {
      lengths: Object.fromEntries(Object.entries(entities).map(([name, list]) => [name, list.length])),
    });
  }
  if (count * views > MAX_ITEMS) {
    throw new InvalidInputError(
      `${count} entities of ${views} views are ${count * views} items, at most ${MAX_ITEMS} can be read at once; ask in parts`,
      { entities: count, views, allowed: MAX_ITEMS },
    );
  }
  for (const key of joinKeys) {
    entities[key.name]?.forEach((value, place) => void checkJoinKeyValue(key, value, `entities.${key.name}[${place}]`));
  }
  for (let place = 0; place < count; place++) {
    checkJoinKeySize(joinKeys, (name) => entities[name]![place]!, `[${place}]`);
  }
  return count;
}

function eventTimestamp({ eventTimeMs }: ServedValue): string {
  return eventTimeMs === null ? NO_TIME : new Date(eventTimeMs).toISOString();
}
