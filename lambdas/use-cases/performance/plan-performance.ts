import type { ScanQuery, ScanScope } from '../../../contracts/drift-scan.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { QueryPlace } from '../../../core/sql/unload-query.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';

export interface PlanPerformanceDeps extends QueryPlace {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly definitions: Definitions;
}

/** What has to be asked of the logs about outcomes; nothing when the model does not look at performance. */
export async function planPerformance(_deps: PlanPerformanceDeps, _scope: ScanScope): Promise<readonly ScanQuery[]> {
  return [];
}
