import type { ModelInvoker } from '../../lambdas/ports/model-invoker.ts';

type Score = (row: readonly (number | null)[]) => number;

export interface MemoryModelInvoker extends ModelInvoker {
  readonly calls: readonly {
    readonly endpointName: string;
    readonly variant: string;
    readonly rows: readonly (readonly (number | null)[])[];
    readonly inferenceId: string;
  }[];
}

export function memoryModelInvoker(score: Score): MemoryModelInvoker {
  const calls: MemoryModelInvoker['calls'][number][] = [];
  return {
    calls,
    async score(endpointName, variant, rows, inferenceId) {
      calls.push({ endpointName, variant, rows, inferenceId });
      return rows.map(score);
    },
  };
}
