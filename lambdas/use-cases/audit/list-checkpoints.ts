import type { CheckpointListResponse } from '../../../contracts/api/audit.ts';
import type { CheckpointLog } from '../../ports/checkpoint-log.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';

export interface ListCheckpointsDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly checkpoints: Pick<CheckpointLog, 'all'>;
}

/** @throws NotFoundError for an unknown model */
export async function listCheckpoints(deps: ListCheckpointsDeps, model: string): Promise<CheckpointListResponse> {
  await deps.registry.model(model);
  return { checkpoints: (await deps.checkpoints.all(model)).map((checkpoint) => ({ ...checkpoint })) };
}
