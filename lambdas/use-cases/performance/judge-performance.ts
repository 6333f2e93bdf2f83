import type { PerformanceFindings, ScanScope } from '../../../contracts/drift-scan.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { RowsBelowDeps } from '../tables/rows-below.ts';

export interface JudgePerformanceDeps extends RowsBelowDeps {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly definitions: Definitions;
}

/** Judges what the queries of `planPerformance` gave; null when the model does not look at performance. */
export async function judgePerformance(
  _deps: JudgePerformanceDeps,
  _scope: ScanScope,
): Promise<PerformanceFindings | null> {
  return null;
}
