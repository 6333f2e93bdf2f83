import type { AuditEvent } from '../../core/audit/audit-record.ts';
import type { RetrainingState } from '../../core/retraining/retraining.ts';

export type { RetrainingState } from '../../core/retraining/retraining.ts';

/** What is known of the retraining of each model: one document a model, written together with its audit records. */
export interface RetrainingLog {
  /** `neverRetrained` for a model of which nothing was written. */
  state(model: string): Promise<RetrainingState>;
  /**
   * Writes `next`, one version after `seen`, and the record together or not at all. Answers what is stored then. When that
   * version is there already and equal, nothing is written: the change was made by an earlier try.
   *
   * @param change `unlessHeld` is set for a start that nobody asked for: a hold that came in between is not overridden
   * @throws RetrainingChangedError when the document is no longer as seen, or the model is held
   * @throws NotFoundError for a model that is not registered
   */
  change(change: RetrainingChange, event: AuditEvent): Promise<RetrainingState>;
}

export interface RetrainingChange {
  readonly seen: RetrainingState;
  /** Its version is not read: it becomes the one after that of `seen`. */
  readonly next: RetrainingState;
  readonly unlessHeld?: boolean;
}
