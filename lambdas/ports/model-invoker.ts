import type { Variant } from '../../core/release/route.ts';

/** Asks a running model. */
export interface ModelInvoker {
  /**
   * Scores rows of the model's input columns; null is a missing value. Answers one number per row.
   *
   * @param signal gives the call up when it is aborted
   * @throws UnavailableError when the endpoint does not answer in time, ModelFailedError (unavailable) when the container refuses
   */
  score(
    endpointName: string,
    variant: Variant,
    rows: readonly (readonly (number | null)[])[],
    inferenceId: string,
    signal?: AbortSignal,
  ): Promise<readonly number[]>;
}
