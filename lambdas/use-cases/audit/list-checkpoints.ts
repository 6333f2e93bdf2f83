import type { CheckpointListResponse, CheckpointQuery } from '../../../contracts/api/audit.ts';
import type { CheckpointLog } from '../../ports/checkpoint-log.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';

export interface ListCheckpointsDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly checkpoints: Pick<CheckpointLog, 'list'>;
}

/** @throws NotFoundError for an unknown model */
export async function listCheckpoints(
  { registry, checkpoints }: ListCheckpointsDeps,
  model: string,
  { from, limit }: CheckpointQuery,
): Promise<CheckpointListResponse> {
  await registry.model(model);
  const page = await checkpoints.list(model, from, limit);
  const last = page.at(-1);
  return {
    checkpoints: page.map((checkpoint) => ({ ...checkpoint })),
    next: last === undefined || page.length < limit ? null : last.position + 1,
  };
}
