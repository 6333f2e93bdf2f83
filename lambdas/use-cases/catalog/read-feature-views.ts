import type { FeatureViewListResponse, FeatureViewResponse } from '../../../contracts/api/catalog.ts';
import { type Definitions, type ResolvedView, resolveView } from '../../../core/definitions/definitions.ts';
import { isAggregated } from '../../../core/definitions/feature-view.ts';
import { isoInstant } from '../../../core/iso-instant.ts';
import { sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { TableHead, TableLog } from '../../ports/table-log.ts';

export interface ReadFeatureViewsDeps {
  readonly definitions: Definitions;
  readonly tables: Pick<TableLog, 'head'>;
  readonly clock: Clock;
}

export async function listFeatureViews(deps: ReadFeatureViewsDeps): Promise<FeatureViewListResponse> {
  const names = deps.definitions.featureViews.map(({ name }) => name);
  return { featureViews: await Promise.all(names.map((name) => getFeatureView(deps, name))) };
}

/** @throws NotFoundError naming the views there are */
export async function getFeatureView(deps: ReadFeatureViewsDeps, name: string): Promise<FeatureViewResponse> {
  const resolved = resolveView(deps.definitions, name);
  const { view, entity, source, version } = resolved;
  const [offline, raw] = await Promise.all([
    deps.tables.head(viewTable(name, version)),
    deps.tables.head(sourceTable(source.name)),
  ]);
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
    isFresh: isFresh(resolved, offline, deps.clock.now().getTime()),
    definition: { ...view },
  };
}

/** By the newest tick of an aggregated view, by the newest event of one with single rows. */
function isFresh({ view }: ResolvedView, head: TableHead, nowMs: number): boolean | null {
  if (view.freshnessMs === null) return null;
  const newestMs = isAggregated(view) ? head.materializedToMs : head.newestEventTimeMs;
  return newestMs !== null && newestMs >= nowMs - view.freshnessMs;
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
