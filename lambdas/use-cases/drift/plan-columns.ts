import type { ScanQuery, ScanScope } from '../../../contracts/drift-scan.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { QueryPlace } from '../../../core/sql/unload-query.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

export interface PlanColumnsDeps extends QueryPlace {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly definitions: Definitions;
}

/** What has to be counted of the model's inputs and answers; nothing when it does not look for drift. */
export async function planColumns(_deps: PlanColumnsDeps, _scope: ScanScope): Promise<readonly ScanQuery[]> {
  return [];
}
