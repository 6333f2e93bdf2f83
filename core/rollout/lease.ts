import { MINUTE_MS } from '../clock.ts';

/**
 * A rollout whose lease has not been renewed for this long is taken for abandoned. It only says whom to look at; who
 * may write is decided by the fence alone.
 */
export const LEASE_MS = 15 * MINUTE_MS;

/** Who may write the rollout of a model. */
export interface Lease {
  /** Null while the model has no rollout. */
  readonly rolloutId: string | null;
  /** Only ever grows, also from one rollout of the model to the next; 0 before the first. */
  readonly fence: number;
  readonly renewedAtMs: number;
}
