import type { Checkpoint } from '../../core/audit/checkpoint.ts';

/** The signed checkpoints of each model's audit chain. */
export interface CheckpointLog {
  /** Null before the first. */
  newest(model: string): Promise<Checkpoint | null>;
  /** Oldest first. */
  all(model: string): Promise<readonly Checkpoint[]>;
  /** Keeps it when the checkpoint before it is still the newest; false when somebody was faster. */
  add(checkpoint: Checkpoint): Promise<boolean>;
}
