import type { StartBatchPredictionRequest } from '../../../contracts/api/batch-predictions.ts';
import { ConflictError } from '../../../core/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type Caller, executionName } from '../operations/execution-name.ts';
import { pastInstant, type StartDeps } from '../operations/start-operations.ts';
import { entityTableKey } from '../training-sets/entity-table.ts';
import { assertAnswerable, championSubject, type SubjectDeps } from './batch-subject.ts';

export interface StartBatchDeps extends StartDeps, SubjectDeps {
  readonly objects: Pick<ObjectStore, 'head'>;
  readonly offlineBucket: string;
}

/**
 * Starts scoring entities with the model's champion.
 *
 * @throws NotFoundError for a model whose stack is not deployed; ConflictError without a champion or the upload;
 *   InvalidInputError for a model that cannot be asked without a file
 */
export async function startBatchPrediction(
  deps: StartBatchDeps,
  model: string,
  ask: StartBatchPredictionRequest,
  caller: Caller,
): Promise<{ readonly executionId: string }> {
  const { entities, asOf } = ask;
  assertAnswerable(await championSubject(deps, model), entities !== undefined);
  if (entities !== undefined) {
    const { sha256 } = entities;
    if ((await deps.objects.head({ bucket: deps.offlineBucket, key: entityTableKey(sha256) })) === null) {
      throw new ConflictError(`entity table ${sha256} is not there; POST /v1/entity-tables says where to upload it`, {
        sha256,
      });
    }
  }
  const input = {
    model,
    ...(asOf !== undefined && { asOfMs: pastInstant(deps.clock, 'asOf', asOf) }),
    ...(entities !== undefined && { entities }),
    cause: `asked by ${caller.actor}`,
    actor: caller.actor,
  };
  return deps.workflow.start(
    'batch-predict',
    executionName(deps.ids, 'batch-predict', { model, ...ask }, caller),
    input,
  );
}
