import { newestServedMs } from '../../../core/offline/freshness.ts';
import { sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { TableLog } from '../../ports/table-log.ts';
import type { LiveVersion, ViewVersions } from '../../ports/view-versions.ts';

export interface MeasureFreshnessDeps {
  readonly versions: ViewVersions;
  readonly tables: Pick<TableLog, 'head'>;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

export interface MeasuredAge {
  readonly view: string;
  readonly version: string;
  /** Null before anything is online. */
  readonly ageMs: number | null;
}

/**
 * Puts the age of the newest event that each live version serves: metric `FeatureAge` by view and version, and by view
 * alone for the current one, on which alarms look. Nothing is put for a version of which nothing is online.
 */
export async function measureFreshness(deps: MeasureFreshnessDeps): Promise<{ readonly ages: readonly MeasuredAge[] }> {
  const live = await deps.versions.live();
  const ages = await Promise.all(live.map((version) => ageOf(deps, version)));
  live.forEach(({ isCurrent }, i) => {
    const { view, version, ageMs } = ages[i]!;
    if (ageMs === null) return;
    deps.metrics.put({
      dimensions: { View: view, Version: version },
      dimensionSets: [['View', 'Version'], ...(isCurrent ? [['View']] : [])],
      values: { FeatureAge: ageMs },
      unit: 'Milliseconds',
    });
  });
  return { ages };
}

async function ageOf({ tables, clock }: MeasureFreshnessDeps, { resolved }: LiveVersion): Promise<MeasuredAge> {
  const { view, source, version } = resolved;
  const [ofView, ofSource] = await Promise.all([
    tables.head(viewTable(view.name, version)),
    tables.head(sourceTable(source.name)),
  ]);
  const newestMs = newestServedMs(view, ofView, ofSource);
  const ageMs = newestMs === null ? null : Math.max(0, clock.now().getTime() - newestMs);
  return { view: view.name, version, ageMs };
}
