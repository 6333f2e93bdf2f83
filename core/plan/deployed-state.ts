import type { Definitions, ResolvedView } from '../definitions/definitions.ts';
import type { ReleaseNeed } from '../versions/release-needs.ts';

/** What an environment runs and keeps, as far as a change of the definitions has to do with it. */
export interface DeployedState {
  readonly definitions: Definitions;
  /** The current version of each view and every other that is not retired. */
  readonly versions: readonly DeployedVersion[];
  readonly retired: readonly ResolvedView[];
  /** Releases that serve or may serve again. */
  readonly needs: readonly ReleaseNeed[];
  /** By name of the source. */
  readonly sources: Readonly<Record<string, SourceRows>>;
  readonly versionGraceMs: number;
}

export interface DeployedVersion {
  readonly resolved: ResolvedView;
  readonly isCurrent: boolean;
  /** ISO 8601; null while it is needed. */
  readonly unneededSince: string | null;
  /** Rows it has offline. */
  readonly rows: number;
  readonly materializedToMs: number | null;
  readonly isOnline: boolean;
}

export interface SourceRows {
  readonly rows: number;
  /** Null without rows. */
  readonly oldestEventTimeMs: number | null;
  readonly newestEventTimeMs: number | null;
}
