import type { GetOnlineFeaturesRequest } from '../../../contracts/api/feast.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { Value, ValueType } from '../../../core/definitions/value-type.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import {
  countPlaces,
  type DistinctEntities,
  distinctEntities,
  type EntityLists,
  requestRows,
} from '../../../core/serving/entity-lists.ts';
import { isPinned } from '../../../core/serving/feature-reference.ts';
import { onDemandValues } from '../../../core/serving/on-demand-values.ts';
import { type OnlineRequest, planOnlineRequest, serviceFeatures } from '../../../core/serving/online-request.ts';
import type { ServedValue } from '../../../core/serving/prediction-record.ts';
import { servedValues } from '../../../core/serving/served-values.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { OnlineKey, OnlineStore } from '../../ports/online-store.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';

/** Items that one request may read: entities times views. */
const MAX_ITEMS = 5_000;
const KEPT_REQUESTS = 200;

export interface GetOnlineFeaturesDeps {
  readonly definitions: Definitions;
  /** Asked only when a reference names a version. */
  readonly versions: ViewVersions;
  readonly online: OnlineStore;
  readonly clock: Clock;
}

/** What was read: one place per entity in every column. */
export interface OnlineFeatures {
  readonly count: number;
  readonly keys: readonly { readonly name: string; readonly values: readonly Value[] }[];
  readonly features: readonly FeatureColumn[];
  readonly views: readonly { readonly name: string; readonly version: string }[];
}

export interface FeatureColumn {
  readonly name: string;
  readonly type: ValueType;
  /** Features of one read have the same event time at each place; null for on-demand features, which have none. */
  readonly readAt: number | null;
  readonly at: (place: number) => ServedValue;
}

/** Answers online features. What a list of features takes is kept, so a warm request only reads the store, once. */
export interface OnlineFeatureReader {
  /**
   * The latest values of features for many entities, in one read of the store.
   *
   * @throws NotFoundError for unknown services, views, versions and features, InvalidInputError for what does not fit
   */
  getOnlineFeatures(ask: GetOnlineFeaturesRequest): Promise<OnlineFeatures>;
}

export function onlineFeatureReader(deps: GetOnlineFeaturesDeps): OnlineFeatureReader {
  /** By what was asked, the least recently planned first. */
  const requests = new Map<string, OnlineRequest>();
  const joinKeyNames = new Set(deps.definitions.entities.flatMap(({ joinKeys }) => joinKeys.map(({ name }) => name)));

  const requestFor = async (ask: GetOnlineFeaturesRequest): Promise<OnlineRequest> => {
    const id = JSON.stringify([ask.feature_service ?? ask.features, ask.full_feature_names]);
    const kept = requests.get(id);
    if (kept !== undefined) return kept;
    const { refs, request } = await plan(deps, ask);
    if (refs.some(isPinned)) return request; // versions come and go
    requests.set(id, request);
    for (const oldest of requests.keys()) if (requests.size > KEPT_REQUESTS) requests.delete(oldest);
    return request;
  };

  return {
    async getOnlineFeatures(ask) {
      const request = await requestFor(ask);
      const { joinKeys, onDemand, storedAt, reads } = request;
      const fields = [...joinKeys, ...onDemand.request].map(({ name }) => name);
      const count = countPlaces(ask.entities, fields);
      const context = requestRows(ask.entities, onDemand.request, count);
      const served = await readViews(deps, request, ask.entities, count);
      const nowMs = deps.clock.now().getTime();
      const computed =
        onDemand.features.length === 0
          ? []
          : context.map((row, place) =>
              onDemandValues(
                onDemand,
                (_, i) => served[storedAt[i]!.readAt]![place]![storedAt[i]!.columnAt]!.value,
                row,
                nowMs,
              ),
            );
      const echoed = new Set([...joinKeyNames, ...joinKeys.map(({ name }) => name)]);
      return {
        count,
        keys: Object.entries(ask.entities)
          .filter(([name]) => echoed.has(name))
          .map(([name, values]) => ({ name, values })),
        features: request.features.map(({ name, type, from }): FeatureColumn => {
          if ('onDemandAt' in from) {
            const { onDemandAt } = from;
            return { name, type, readAt: null, at: (place) => computed[place]![onDemandAt]! };
          }
          const { readAt, columnAt } = from;
          const rows = served[readAt]!;
          return { name, type, readAt, at: (place) => rows[place]![columnAt]! };
        }),
        views: reads.map(({ name, resolved }) => ({ name, version: resolved.version })),
      };
    },
  };
}

async function plan(
  { definitions, versions }: GetOnlineFeaturesDeps,
  ask: GetOnlineFeaturesRequest,
): Promise<{ readonly refs: readonly string[]; readonly request: OnlineRequest }> {
  const service = ask.feature_service == null ? null : serviceFeatures(definitions, ask.feature_service);
  const refs = service?.features.map(({ view, feature }) => `${view}:${feature}`) ?? ask.features ?? [];
  const live = refs.some(isPinned) ? (await versions.live()).map(({ resolved }) => resolved) : [];
  const scope = { definitions, aliases: service?.aliases ?? [], versions: live };
  return { refs, request: planOnlineRequest(scope, refs, ask.full_feature_names) };
}

/** By read and place: the values of the read's view for the entity there. */
type Served = readonly (readonly (readonly ServedValue[])[])[];

async function readViews(
  { online, clock }: GetOnlineFeaturesDeps,
  { reads }: OnlineRequest,
  lists: EntityLists,
  count: number,
): Promise<Served> {
  const byKeys = new Map<string, DistinctEntities>();
  const entities = reads.map(({ resolved, joinKeys }) => {
    const id = joinKeys.join(',');
    const known = byKeys.get(id);
    if (known !== undefined) return known;
    const named = resolved.entity.joinKeys.map(({ type }, i) => ({ type, name: joinKeys[i]! })); // one name for each
    const distinct = distinctEntities(lists, named, count);
    byKeys.set(id, distinct);
    return distinct;
  });
  const items = entities.reduce((sum, { keys }) => sum + keys.length, 0);
  if (items > MAX_ITEMS) {
    throw new InvalidInputError(
      `${count} entities of ${reads.length} views are ${items} items, at most ${MAX_ITEMS} can be read at once; ask in parts`,
      { entities: count, views: reads.length, items, allowed: MAX_ITEMS },
    );
  }
  const asked = reads.flatMap(({ resolved: { entity, view, version } }, i) =>
    entities[i]!.keys.map((key): OnlineKey => ({ entity: entity.name, key, view: view.name, version })),
  );
  const found = asked.length === 0 ? [] : (await online.read(asked, [])).items;
  const nowMs = clock.now().getTime();
  let from = 0;
  return reads.map(({ resolved: { view }, stream }, i) => {
    const { keys, at } = entities[i]!;
    const ofView = found.slice(from, from + keys.length);
    from += ofView.length;
    const of = (item: (typeof ofView)[number]) => servedValues(view.features, view.ttlMs, item, nowMs, stream);
    const known = ofView.map(of);
    const absent = of(null);
    return at.map((key) => (key === -1 ? absent : known[key]!));
  });
}
