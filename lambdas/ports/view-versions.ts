import type { ResolvedView } from '../../core/definitions/definitions.ts';

/**
 * The versions of feature views that have to be kept up to date, offline and online: those of the deployed definitions,
 * and every other that a release needs which serves, or may serve again.
 */
export interface ViewVersions {
  /** In order of view name, the current version of each first. May be some seconds old. */
  live(): Promise<readonly LiveVersion[]>;
}

export interface LiveVersion {
  readonly resolved: ResolvedView;
  /** Whether the deployed definitions say this version. */
  readonly isCurrent: boolean;
  /** Releases that read it and may still serve, in order. */
  readonly neededBy: readonly string[];
}
