import type {
  StartDriftScanRequest,
  StartMaterializationRequest,
  StartRolloutRequest,
  StartSkewAuditRequest,
} from '../../../contracts/api/operations.ts';
import { byName, type Definitions } from '../../../core/definitions/definitions.ts';
import { ConflictError, InvalidInputError } from '../../../core/errors.ts';
import { CLOCK_TOLERANCE_MS } from '../../../core/ingestion/check-row.ts';
import type { Clock, Ids } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { liveVersion } from '../versions/live-version.ts';
import { type Caller, executionName } from './execution-name.ts';

export interface StartDeps {
  readonly workflow: Workflow;
  readonly ids: Ids;
  readonly clock: Clock;
}

interface Started {
  readonly executionId: string;
}

/** @throws NotFoundError naming the views there are, ConflictError for a version that is not live */
export async function startMaterialization(
  deps: StartDeps & { readonly versions: ViewVersions },
  view: string,
  ask: StartMaterializationRequest,
  caller: Caller,
): Promise<Started> {
  await liveVersion(deps.versions, view, ask.version);
  const to = ask.to === undefined ? undefined : pastInstant(deps.clock, 'to', ask.to);
  const input = {
    view,
    ...(ask.version !== undefined && { version: ask.version }),
    ...(ask.from !== undefined && { fromMs: Date.parse(ask.from) }),
    ...(to !== undefined && { toMs: to }),
    cause: `asked by ${caller.actor}`,
  };
  return deps.workflow.start('materialize', executionName(deps.ids, 'materialize', { view, ...ask }, caller), input);
}

/** @throws ConflictError when the release did not pass its gates, InvalidInputError when it is another model's */
export async function startRollout(
  deps: StartDeps & { readonly registry: Pick<ModelRegistry, 'model' | 'release'> },
  model: string,
  { releaseId, force, because }: StartRolloutRequest,
  caller: Caller,
): Promise<Started> {
  await deps.registry.model(model);
  const release = await deps.registry.release(releaseId);
  if (release.model !== model) {
    throw new InvalidInputError(`release ${releaseId} is of model "${release.model}", not of "${model}"`, {
      releaseId,
      model: release.model,
    });
  }
  if (!release.passed) {
    throw new ConflictError(
      `release ${releaseId} did not pass its gates; GET /v1/releases/${releaseId} has the verdicts`,
      { releaseId },
    );
  }
  const rolloutId = executionName(deps.ids, 'rollout', { model, releaseId, ...(force && { force }) }, caller);
  const cause = because ?? `asked by ${caller.actor}`;
  const input = { rolloutId, model, releaseId, force, cause, actor: caller.actor };
  return deps.workflow.start('rollout', rolloutId, input);
}

export interface StartSkewAuditDeps extends StartDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
}

/** @throws NotFoundError for a model whose stack is not deployed */
export async function startSkewAudit(
  deps: StartSkewAuditDeps,
  model: string,
  ask: StartSkewAuditRequest,
  caller: Caller,
): Promise<Started> {
  await deps.registry.model(model);
  const input = {
    model,
    ...(ask.from !== undefined && { fromMs: pastInstant(deps.clock, 'from', ask.from) }),
    ...(ask.to !== undefined && { toMs: pastInstant(deps.clock, 'to', ask.to) }),
    ...(ask.sampleSize !== undefined && { sampleSize: ask.sampleSize }),
    cause: `asked by ${caller.actor}`,
  };
  return deps.workflow.start('skew-audit', executionName(deps.ids, 'skew-audit', { model, ...ask }, caller), input);
}

/** @throws NotFoundError for a model that is not defined or whose stack is not deployed */
export async function startDriftScan(
  deps: StartDeps & { readonly definitions: Definitions; readonly registry: Pick<ModelRegistry, 'model'> },
  model: string,
  ask: StartDriftScanRequest,
  caller: Caller,
): Promise<Started> {
  byName('model', deps.definitions.models, model);
  await deps.registry.model(model);
  const input = {
    model,
    ...(ask.to !== undefined && { toMs: pastInstant(deps.clock, 'to', ask.to) }),
    cause: `asked by ${caller.actor}`,
    actor: caller.actor,
  };
  return deps.workflow.start('drift-scan', executionName(deps.ids, 'drift-scan', { model, ...ask }, caller), input);
}

export interface StartLeakCheckDeps extends StartDeps {
  readonly definitions: Definitions;
  readonly registry: Pick<ModelRegistry, 'model' | 'releases'>;
}

/**
 * The train flow, which without the knowledge cut ends in a report and never in a release.
 *
 * @throws NotFoundError for a model that is not defined or whose stack is not deployed
 * @throws ConflictError when it has no release to compare with
 */
export async function startLeakCheck(deps: StartLeakCheckDeps, model: string, caller: Caller): Promise<Started> {
  byName('model', deps.definitions.models, model);
  await deps.registry.model(model);
  if ((await deps.registry.releases(model)).length === 0) {
    throw new ConflictError(`model ${model} has no release to compare with; train it first`, { model });
  }
  const input = { model, knowledgeCut: false, cause: `asked by ${caller.actor}`, actor: caller.actor };
  return deps.workflow.start('train', executionName(deps.ids, 'train', { model, knowledgeCut: false }, caller), input);
}

export function pastInstant(clock: Clock, field: string, text: string): number {
  const instantMs = Date.parse(text);
  if (instantMs <= clock.now().getTime() + CLOCK_TOLERANCE_MS) return instantMs;
  throw new InvalidInputError(`"${field}" lies in the future: ${text}; give an instant that has passed`, { field });
}
