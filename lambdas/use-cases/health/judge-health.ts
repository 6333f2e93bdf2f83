import type { DriftReport, ScanScope } from '../../../contracts/drift-scan.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { type HealthCheck, healthOf } from '../../../core/health/health-check.ts';
import { judgeSchema } from '../../../core/health/judge-schema.ts';
import { judgeServed } from '../../../core/health/judge-served.ts';
import { judgeSource } from '../../../core/health/judge-source.ts';
import { judgeViewAge } from '../../../core/health/judge-view-age.ts';
import { newestServedMs } from '../../../core/offline/freshness.ts';
import { sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { TableLog } from '../../ports/table-log.ts';
import type { MissingShares } from '../drift/judge-columns.ts';
import type { RowsBelowDeps } from '../tables/rows-below.ts';
import { readBuckets } from './read-buckets.ts';
import { hasRhythm, nullableColumns, type WatchedSource, watchedSources } from './watched-sources.ts';

export interface JudgeHealthDeps extends RowsBelowDeps {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly tables: Pick<TableLog, 'head'>;
  readonly definitions: Definitions;
}

/** Judges what the queries of `planHealth` gave, and the share of inputs that were served without a value. */
export async function judgeHealth(
  deps: JudgeHealthDeps,
  scope: ScanScope,
  served: MissingShares,
): Promise<DriftReport['health']> {
  const manifest = await deps.releases.manifest(scope.releaseId);
  const sources = watchedSources(manifest, deps.definitions);
  const checks = await Promise.all([
    ...sources.map((source) => checksOfSource(deps, scope, source)),
    checksOfViews(deps, scope, manifest),
  ]);
  const ofServed = judgeServed(
    served.map(({ column, rows, live, reference }) => ({ column, rows, liveShare: live, referenceShare: reference })),
  );
  const { outcome, because, checks: sorted } = healthOf([...checks.flat(), ofServed]);
  return { outcome, because, checks: sorted.map((check) => ({ ...check })) };
}

async function checksOfSource(
  deps: JudgeHealthDeps,
  scope: ScanScope,
  source: WatchedSource,
): Promise<readonly HealthCheck[]> {
  const { name, ofRelease, deployed, columns } = source;
  const ofSchema = ofRelease === null ? [] : [judgeSchema(ofRelease, columns, deployed)];
  if (!hasRhythm(source)) return ofSchema;
  const nullable = nullableColumns(source);
  const buckets = await readBuckets(deps, scope, name, nullable);
  return [...ofSchema, ...judgeSource({ name, columns: nullable, buckets })];
}

async function checksOfViews(
  { tables, definitions }: JudgeHealthDeps,
  { atMs }: ScanScope,
  { featureViews }: ReleaseManifest,
): Promise<readonly HealthCheck[]> {
  return Promise.all(
    featureViews.map(async ({ view, source, version }) => {
      const heads = [viewTable(view.name, version), sourceTable(source.name)] as const;
      const [ofView, ofSource] = await Promise.all([tables.head(heads[0]), tables.head(heads[1])]);
      // what is promised is the deployed definition's to say, and no part of a version
      const { freshnessMs } = definitions.featureViews.find(({ name }) => name === view.name) ?? view;
      return judgeViewAge({ view: view.name, freshnessMs, newestMs: newestServedMs(view, ofView, ofSource) }, atMs);
    }),
  );
}
