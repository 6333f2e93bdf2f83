import type { ScanScope } from '../../../contracts/drift-scan.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { PerformancePolicy } from '../../../core/definitions/monitoring.ts';
import { type PerformanceSpec, performanceSpec } from '../../../core/performance/performance-spec.ts';
import { LOSSES_OF } from '../../../core/performance/row-loss.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';

/** The queries of this part of a scan; each writes below a folder of its name. */
export const PERFORMANCE_QUERIES = ['performance-sample', 'performance-losses', 'performance-counts'] as const;
export type PerformanceQuery = (typeof PERFORMANCE_QUERIES)[number];

export interface PerformanceLookDeps {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly definitions: Definitions;
}

/** What is looked at, and by which policy. */
export interface PerformanceLook {
  readonly spec: PerformanceSpec;
  readonly policy: PerformancePolicy;
  readonly manifest: ReleaseManifest;
}

/**
 * Null when the model does not look at performance, or its definition is now about another kind of problem than the
 * champion, so that its losses do not fit.
 */
export async function performanceLook(
  deps: PerformanceLookDeps,
  scope: ScanScope,
  database: string,
): Promise<PerformanceLook | null> {
  const policy = deps.definitions.models.find(({ name }) => name === scope.model)?.monitoring.performance ?? null;
  if (policy === null) return null;
  const manifest = await deps.releases.manifest(scope.releaseId);
  if (!LOSSES_OF[manifest.model.problem].includes(policy.loss)) return null;
  const { model, releaseId, atMs, championSinceMs } = scope;
  // nothing was answered before the release was there, whatever is known of its way to the champion's seat
  const sinceMs = Math.max(championSinceMs, Date.parse(manifest.createdAt));
  return {
    spec: performanceSpec({ database, model, releaseId, atMs, sinceMs }, policy, manifest),
    policy,
    manifest,
  };
}

export function performancePrefix({ prefix }: Pick<ScanScope, 'prefix'>, query: PerformanceQuery): string {
  return `${prefix}${query}/`;
}
