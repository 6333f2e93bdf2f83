import type { SurveyReport, SurveyRequest } from '../../../contracts/version-flow.ts';
import { HOUR_MS } from '../../../core/clock.ts';
import { type Definitions, resolveView } from '../../../core/definitions/definitions.ts';
import { lookAt, type VersionChange } from '../../../core/versions/registered-version.ts';
import { needsByVersion, versionKey } from '../../../core/versions/release-needs.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { MAX_VERSIONS_PER_SWEEP } from '../../ports/online-sweep.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';
import { readReleaseNeeds } from './read-release-needs.ts';

/** Longer than a function may run: what began to write items before a version was taken has ended by then. */
const SETTLE_SECONDS = 20 * 60;
/** Longer than the flow may run. */
const RETIREMENT_TIMEOUT_MS = 8 * HOUR_MS;

export interface SurveyVersionsDeps {
  readonly definitions: Definitions;
  readonly registry: Pick<ModelRegistry, 'models' | 'releases' | 'rollouts'>;
  readonly versionRegistry: Pick<VersionRegistry, 'kept' | 'change'>;
  readonly clock: Clock;
  /** How long a version is kept that nobody needs. */
  readonly graceMs: number;
  /** How many releases that answered before the champion may be gone back to. */
  readonly rollbackReleases: number;
}

/**
 * Looks at every version that is kept: marks those nobody needs, keeps those that are needed again, and takes for
 * retirement those that nobody has needed for the grace period. Safe to repeat.
 */
export async function surveyVersions(
  deps: SurveyVersionsDeps,
  { executionName }: SurveyRequest,
): Promise<SurveyReport> {
  const { definitions, versionRegistry, clock } = deps;
  const current = new Set(
    definitions.featureViews.map(({ name }) => versionKey(name, resolveView(definitions, name).version)),
  );
  const needs = needsByVersion(await readReleaseNeeds(deps.registry, deps.rollbackReleases));
  const changes: VersionChange['event'][] = [];
  const retiring: SurveyReport['retiring'] = [];
  for (const { resolved } of await versionRegistry.kept()) {
    const { view, version } = resolved;
    const key = versionKey(view.name, version);
    const look = {
      nowMs: clock.now().getTime(),
      graceMs: deps.graceMs,
      isCurrent: current.has(key),
      neededBy: [...new Set((needs.get(key) ?? []).map(({ releaseId }) => releaseId))].sort(),
      retirementId: executionName,
      retirementTimeoutMs: RETIREMENT_TIMEOUT_MS,
    };
    const mayTake = retiring.length < MAX_VERSIONS_PER_SWEEP;
    const changed: VersionChange['event'][] = [];
    const seen = await versionRegistry.change(view.name, version, (there) => {
      const change = there === null ? null : lookAt(there, look);
      const isLeft = change?.next.retirement?.id === executionName && !mayTake;
      if (change === null || isLeft) return null;
      changed.push(change.event); // the last one is the one that was written
      return change;
    });
    changes.push(...changed.slice(-1));
    if (seen?.retirement?.id === executionName) retiring.push({ view: view.name, version });
  }
  return {
    retirementId: executionName,
    retiring,
    settleSeconds: SETTLE_SECONDS,
    changes: changes.map(({ view, version, action, because }) => ({ view, version, action, because })),
  };
}
