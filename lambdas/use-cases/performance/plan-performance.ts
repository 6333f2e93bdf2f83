import type { ScanQuery, ScanScope } from '../../../contracts/drift-scan.ts';
import type { PerformanceSpec } from '../../../core/performance/performance-spec.ts';
import { performanceCountsSql } from '../../../core/sql/performance-counts-sql.ts';
import { performanceMomentsSql } from '../../../core/sql/performance-moments-sql.ts';
import { performanceSampleSql } from '../../../core/sql/performance-sample-sql.ts';
import type { Sql } from '../../../core/sql/sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import {
  PERFORMANCE_QUERIES,
  type PerformanceLookDeps,
  type PerformanceQuery,
  performanceLook,
  performancePrefix,
} from './performance-queries.ts';

export interface PlanPerformanceDeps extends QueryPlace, PerformanceLookDeps {}

const STATEMENTS: Readonly<Record<PerformanceQuery, (spec: PerformanceSpec) => Sql>> = {
  'performance-sample': performanceSampleSql,
  'performance-losses': performanceMomentsSql,
  'performance-counts': performanceCountsSql,
};

/** What has to be asked of the logs about outcomes; nothing when the model does not look at performance. */
export async function planPerformance(deps: PlanPerformanceDeps, scope: ScanScope): Promise<readonly ScanQuery[]> {
  const look = await performanceLook(deps, scope, deps.database);
  if (look === null) return [];
  return PERFORMANCE_QUERIES.map((part) => {
    const statement = STATEMENTS[part](look.spec);
    const what = `the outcomes of model ${scope.model}`;
    return { part, query: unloadQuery(deps, statement, performancePrefix(scope, part), what) };
  });
}
