import type { ScanQuery, ScanScope } from '../../../contracts/drift-scan.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { bucketWidthsMs } from '../../../core/health/source-buckets.ts';
import { sourceTable } from '../../../core/offline/table-layout.ts';
import { healthCountsSql } from '../../../core/sql/health-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { TableLog } from '../../ports/table-log.ts';
import { hasRhythm, healthPrefix, nullableColumns, watchedSources } from './watched-sources.ts';

export interface PlanHealthDeps extends QueryPlace {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly tables: Pick<TableLog, 'head'>;
  readonly definitions: Definitions;
}

/** What has to be counted of the tables that feed the model: one query for each source that ever got a row. */
export async function planHealth(deps: PlanHealthDeps, scope: ScanScope): Promise<readonly ScanQuery[]> {
  const manifest = await deps.releases.manifest(scope.releaseId);
  const sources = watchedSources(manifest, deps.definitions).filter(hasRhythm);
  const queries = await Promise.all(
    sources.map(async (source): Promise<readonly ScanQuery[]> => {
      const table = sourceTable(source.name);
      const { watermarkMs, newestEventTimeMs } = await deps.tables.head(table);
      if (watermarkMs === 0) return [];
      const statement = healthCountsSql({
        table: { database: deps.database, table, watermarkMs },
        atMs: scope.atMs,
        widthsMs: bucketWidthsMs(scope.atMs - scope.fromMs),
        newestEventTimeMs,
        columns: nullableColumns(source),
      });
      const prefix = healthPrefix(scope.prefix, source.name);
      return [
        { part: `health-${source.name}`, query: unloadQuery(deps, statement, prefix, `rows of source ${source.name}`) },
      ];
    }),
  );
  return queries.flat();
}
