import type {
  FeatureViewListResponse,
  FeatureViewResponse,
  OnDemandFeatureViewBody,
} from '../../../contracts/api/catalog.ts';
import { type Definitions, resolveView } from '../../../core/definitions/definitions.ts';
import { isoInstant } from '../../../core/iso-instant.ts';
import { newestServedMs } from '../../../core/offline/freshness.ts';
import { sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import { planOnDemand } from '../../../core/on-demand/plan-on-demand.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { QualityLog } from '../../ports/quality-log.ts';
import type { TableHead } from '../../ports/table-log.ts';
import { type KeptVersion, keptVersions, type ReadVersionsDeps, versionBody } from './read-versions.ts';

export interface ReadFeatureViewsDeps extends ReadVersionsDeps {
  readonly clock: Clock;
  readonly qualityLog: Pick<QualityLog, 'newest'>;
}

const MAX_EVENTS = 50;

export async function listFeatureViews(deps: ReadFeatureViewsDeps): Promise<FeatureViewListResponse> {
  const kept = await keptVersions(deps);
  const names = deps.definitions.featureViews.map(({ name }) => name);
  const removed = kept.filter(({ resolved }) => !names.includes(resolved.view.name));
  return {
    featureViews: await Promise.all(names.map((name) => featureViewBody(deps, name, kept))),
    onDemandFeatureViews: onDemandBodies(deps.definitions),
    removed: await Promise.all(removed.map((one) => versionBody(deps, one))),
  };
}

/** @throws NotFoundError naming the views there are */
export async function getFeatureView(deps: ReadFeatureViewsDeps, name: string): Promise<FeatureViewResponse> {
  const body = await featureViewBody(deps, name, await keptVersions(deps));
  const events = await deps.versionRegistry.history(name, MAX_EVENTS);
  return { ...body, history: events.map(({ version, action, at, because }) => ({ version, action, at, because })) };
}

async function featureViewBody(
  deps: ReadFeatureViewsDeps,
  name: string,
  kept: readonly KeptVersion[],
): Promise<FeatureViewResponse> {
  const resolved = resolveView(deps.definitions, name);
  const { view, entity, source, version } = resolved;
  const [offline, raw, quality] = await Promise.all([
    deps.tables.head(viewTable(name, version)),
    deps.tables.head(sourceTable(source.name)),
    view.expectations.length === 0 ? null : deps.qualityLog.newest(viewTable(name, version)),
  ]);
  const newestMs = newestServedMs(view, offline, raw);
  const ageMs = newestMs === null ? null : deps.clock.now().getTime() - newestMs;
  return {
    name,
    version,
    entity: entity.name,
    joinKeys: entity.joinKeys.map((key) => key.name),
    source: { name: source.name, ...tableBody(raw) },
    features: view.features.map((feature) => ({
      name: feature.name,
      type: feature.type,
      description: feature.description,
    })),
    offline: {
      ...tableBody(offline),
      materializedTo: isoInstant(offline.materializedToMs),
      onlineTo: offline.onlineToMs === 0 ? null : isoInstant(offline.onlineToMs),
    },
    newestServed: isoInstant(newestMs),
    ageSeconds: ageMs === null ? null : Math.max(0, ageMs) / 1_000,
    isFresh: view.freshnessMs === null ? null : ageMs !== null && ageMs <= view.freshnessMs,
    quality,
    definition: { ...view },
    versions: await Promise.all(
      kept.filter((one) => one.resolved.view.name === name).map((one) => versionBody(deps, one)),
    ),
  };
}

function onDemandBodies({ onDemandFeatureViews, featureViews }: Definitions): OnDemandFeatureViewBody[] {
  return onDemandFeatureViews.map(({ kind, name, request, features, description, owner }) => {
    const refs = features.map((feature) => ({ view: name, feature: feature.name }));
    const { stored } = planOnDemand(refs, onDemandFeatureViews, featureViews);
    return {
      kind,
      name,
      reads: stored.map(({ view, feature }) => `${view}:${feature}`),
      request: request.map((field) => ({ ...field })),
      features: features.map((feature) => ({ ...feature })),
      description,
      owner,
    };
  });
}

function tableBody(head: TableHead) {
  return {
    table: head.table,
    rows: head.rows,
    watermark: head.watermarkMs === 0 ? null : isoInstant(head.watermarkMs),
    oldestEventTime: isoInstant(head.oldestEventTimeMs),
    newestEventTime: isoInstant(head.newestEventTimeMs),
  };
}
