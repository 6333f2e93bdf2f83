import type { RegisteredVersion, VersionChange, VersionEvent } from '../../core/versions/registered-version.ts';

/** Every version of a feature view that was ever materialized, and what happened to it. */
export interface VersionRegistry {
  /** Those that are not retired, by view and version. */
  kept(): Promise<readonly RegisteredVersion[]>;
  /** Those that are retired, by view and version. */
  retired(): Promise<readonly RegisteredVersion[]>;
  /** As it is now; null when it was never materialized. */
  find(view: string, version: string): Promise<RegisteredVersion | null>;
  /**
   * Computes a change from what is there and writes it together with its event, again from the start when somebody
   * else was first. Answers what is there in the end.
   */
  change(
    view: string,
    version: string,
    next: (seen: RegisteredVersion | null) => VersionChange | null,
  ): Promise<RegisteredVersion | null>;
  /** Newest first, at most `limit`. */
  history(view: string, limit: number): Promise<readonly VersionEvent[]>;
}
