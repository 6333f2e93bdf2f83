import type {
  AuditResponse,
  ModelListResponse,
  ModelResponse,
  PageQuery,
  ReleaseListResponse,
  ReleaseResponse,
} from '../../../contracts/api/catalog.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { NotFoundError, PlatformError } from '../../../core/errors.ts';
import type { ModelRegistry, RegisteredModel, ReleaseStore, ReleaseSummary } from '../../ports/model-registry.ts';
import { lastDriftReport } from '../drift/drift-reports.ts';
import type { ModelReportsDeps } from './model-reports.ts';
import { pageOf } from './page-of.ts';
import { rolloutBody } from './rollout-body.ts';

export interface ReadModelsDeps extends Omit<ModelReportsDeps, 'registry'> {
  readonly definitions: Definitions;
  readonly registry: ModelRegistry;
  readonly releases: ReleaseStore;
}

/** Every model that is defined or deployed, by name. */
export async function listModels({ definitions, registry }: ReadModelsDeps): Promise<ModelListResponse> {
  const deployed = new Map((await registry.models()).map((model) => [model.name, model.route]));
  const defined = new Set(definitions.models.map(({ name }) => name));
  const names = [...new Set([...defined, ...deployed.keys()])].sort();
  return {
    models: names.map((name) => ({ name, route: deployed.get(name) ?? null, isDefined: defined.has(name) })),
  };
}

/** @throws NotFoundError naming the models that are defined or deployed */
export async function getModel(deps: ReadModelsDeps, name: string): Promise<ModelResponse> {
  const definition = deps.definitions.models.find((model) => model.name === name) ?? null;
  const deployed = await modelOrNull(deps.registry, name);
  if (definition === null && deployed === null) {
    const { models } = await listModels(deps);
    throw new NotFoundError(
      'model',
      name,
      models.map((model) => model.name),
    );
  }
  if (deployed === null) {
    const nothing = { route: null, newestRelease: null, newestRollout: null, hold: null, lastScan: null };
    return { name, ...nothing, definition: { ...definition } };
  }
  const [releases, rollouts, hold, scan] = await Promise.all([
    deps.registry.releases(name),
    deps.registry.rollouts(name),
    deps.registry.hold(name),
    lastDriftReport(deps, name),
  ]);
  return {
    name,
    route: deployed.route,
    newestRelease: releases[0] === undefined ? null : summaryBody(releases[0]),
    newestRollout: rollouts[0] === undefined ? null : rolloutBody(rollouts[0]),
    hold,
    lastScan: scan,
    definition: definition === null ? null : { ...definition },
  };
}

/** @throws NotFoundError for an unknown model, InvalidInputError for a cursor that no page gave */
export async function listReleases(
  { registry }: ReadModelsDeps,
  model: string,
  { limit, cursor }: PageQuery,
): Promise<ReleaseListResponse> {
  await registry.model(model);
  const releases = await registry.releases(model);
  const { page, next } = pageOf(releases, ({ releaseId }) => releaseId, { limit, cursor }, model);
  return { releases: page.map(summaryBody), next };
}

/** @throws NotFoundError */
export async function getRelease(deps: ReadModelsDeps, releaseId: string): Promise<ReleaseResponse> {
  const { manifestUri } = await deps.registry.release(releaseId);
  return { releaseId, manifestUri, manifest: { ...(await deps.releases.manifest(releaseId)) } };
}

/** @throws NotFoundError for an unknown model */
export async function listAudit(
  { registry }: ReadModelsDeps,
  ask: { readonly model: string; readonly from: number; readonly limit: number },
): Promise<AuditResponse> {
  await registry.model(ask.model);
  const records = await registry.audit(ask.model, ask.from, ask.limit);
  const last = records.at(-1);
  return {
    records: records.map((record) => ({ ...record, detail: { ...record.detail } })),
    next: last === undefined || records.length < ask.limit ? null : last.position + 1,
  };
}

function summaryBody(release: ReleaseSummary) {
  return {
    ...release,
    metrics: { ...release.metrics },
    featureViews: release.featureViews.map((view) => ({ ...view })),
  };
}

async function modelOrNull(registry: ModelRegistry, name: string): Promise<RegisteredModel | null> {
  try {
    return await registry.model(name);
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'not-found') return null;
    throw error;
  }
}
