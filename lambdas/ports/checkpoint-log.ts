import type { Checkpoint } from '../../core/audit/checkpoint.ts';

/** The signed checkpoints of each model's audit chain. */
export interface CheckpointLog {
  /** Null before the first. */
  newest(model: string): Promise<Checkpoint | null>;
  /** Those at `from` and after, oldest first, `limit` at most. */
  list(model: string, from: number, limit: number): Promise<readonly Checkpoint[]>;
  /** Keeps it when the checkpoint before it is still the newest; false when somebody was faster. */
  add(checkpoint: Checkpoint): Promise<boolean>;
}
