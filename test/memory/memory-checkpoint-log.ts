import type { Checkpoint } from '../../core/audit/checkpoint.ts';
import type { CheckpointLog } from '../../lambdas/ports/checkpoint-log.ts';

export function memoryCheckpointLog(): CheckpointLog {
  const byModel = new Map<string, readonly Checkpoint[]>();
  const all = (model: string) => byModel.get(model) ?? [];
  return {
    newest: async (model) => all(model).at(-1) ?? null,
    list: async (model, from, limit) =>
      all(model)
        .filter(({ position }) => position >= from)
        .slice(0, limit),
    async add(checkpoint) {
      const there = all(checkpoint.model);
      if ((there.at(-1)?.position ?? 0) !== checkpoint.previousPosition) return false;
      byModel.set(checkpoint.model, [...there, checkpoint]);
      return true;
    },
  };
}
