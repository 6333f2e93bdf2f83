import type { TrainingSetRequest } from '../../../contracts/api/training-sets.ts';
import { type Definitions, resolveView } from '../../../core/definitions/definitions.ts';
import { ConflictError } from '../../../core/errors.ts';
import { wantedFeatures } from '../../../core/training-set/wanted-features.ts';
import type { Ids } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { type Caller, executionName } from '../operations/execution-name.ts';
import { entityTableKey } from './entity-table.ts';
import { choiceOf } from './plan-training-set.ts';
import { storedTrainingSet } from './stored-training-set.ts';

export interface StartTrainingSetDeps {
  readonly definitions: Definitions;
  readonly objects: Pick<ObjectStore, 'get' | 'head'>;
  readonly offlineBucket: string;
  readonly artifactBucket: string;
  readonly workflow: Workflow;
  readonly ids: Ids;
}

/**
 * Starts making a training set, of features that there are and an entity table that has been uploaded.
 *
 * @throws NotFoundError for a feature or an earlier training set that there is not; ConflictError without the upload
 */
export async function startTrainingSet(
  deps: StartTrainingSetDeps,
  request: TrainingSetRequest,
  caller: Caller,
): Promise<{ readonly executionId: string }> {
  const earlierId = request.reproduce ?? request.snapshotOf;
  const earlier =
    earlierId === undefined ? null : await storedTrainingSet(deps.objects, deps.artifactBucket, earlierId);
  if (request.reproduce === undefined) {
    wantedFeatures(deps.definitions, choiceOf(request), (name) => resolveView(deps.definitions, name));
  }
  const sha256 = request.entities?.sha256 ?? earlier?.entities.sha256 ?? '';
  if ((await deps.objects.head({ bucket: deps.offlineBucket, key: entityTableKey(sha256) })) === null) {
    throw new ConflictError(`entity table ${sha256} is not there; POST /v1/entity-tables says where to upload it`, {
      sha256,
    });
  }
  const { actor } = caller;
  const name = executionName(deps.ids, 'training-set', request, caller);
  return deps.workflow.start('training-set', name, { request, cause: `asked by ${actor}`, actor });
}
