import { PerformanceFindings, type ScanScope } from '../../../contracts/drift-scan.ts';
import { judgePerformance as judge } from '../../../core/performance/judge-performance.ts';
import type { RowsBelowDeps } from '../tables/rows-below.ts';
import { type PerformanceLookDeps, performanceLook } from './performance-queries.ts';
import { readEvidence } from './read-evidence.ts';

export interface JudgePerformanceDeps extends RowsBelowDeps, PerformanceLookDeps {
  readonly database: string;
}

/** Judges what the queries of `planPerformance` gave; null when the model does not look at performance. */
export async function judgePerformance(
  deps: JudgePerformanceDeps,
  scope: ScanScope,
): Promise<PerformanceFindings | null> {
  const look = await performanceLook(deps, scope, deps.database);
  if (look === null) return null;
  const { spec, policy, manifest } = look;
  return PerformanceFindings.parse(judge(spec, policy, manifest, await readEvidence(deps, scope, spec)));
}
