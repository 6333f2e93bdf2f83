import { AuditQuery, PageQuery } from '../../../contracts/api/catalog.ts';
import { NotFoundError } from '../../../core/errors.ts';
import { listFeatureServices } from '../../use-cases/catalog/read-feature-services.ts';
import {
  getFeatureView,
  listFeatureViews,
  type ReadFeatureViewsDeps,
} from '../../use-cases/catalog/read-feature-views.ts';
import {
  getModel,
  getRelease,
  listAudit,
  listModels,
  listReleases,
  type ReadModelsDeps,
} from '../../use-cases/catalog/read-models.ts';
import { getRollout, listRollouts, type ReadRolloutsDeps } from '../../use-cases/catalog/read-rollouts.ts';
import { readDeployedDefinitions } from '../../use-cases/catalog/read-versions.ts';
import { type HttpRequest, httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export type ReadCatalogDeps = ReadFeatureViewsDeps & ReadModelsDeps & ReadRolloutsDeps;

type Read = (deps: ReadCatalogDeps, request: HttpRequest) => Promise<unknown>;

/** By route as the API declares it. */
const READS: Readonly<Record<string, Read | undefined>> = {
  'GET /v1/feature-views': (deps) => listFeatureViews(deps),
  'GET /v1/feature-views/{view}': (deps, { path }) => getFeatureView(deps, path('view')),
  'GET /v1/feature-services': ({ definitions }) => Promise.resolve(listFeatureServices(definitions)),
  'GET /v1/definitions': (deps) => readDeployedDefinitions(deps),
  'GET /v1/models': (deps) => listModels(deps),
  'GET /v1/models/{model}': (deps, { path }) => getModel(deps, path('model')),
  'GET /v1/models/{model}/releases': (deps, { path, query }) =>
    listReleases(deps, path('model'), checked(PageQuery, query, 'query')),
  'GET /v1/models/{model}/rollouts': (deps, { path, query }) =>
    listRollouts(deps, path('model'), checked(PageQuery, query, 'query')),
  'GET /v1/releases/{id}': (deps, { path }) => getRelease(deps, path('id')),
  'GET /v1/rollouts/{id}': (deps, { path }) => getRollout(deps, path('id')),
  'GET /v1/audit': (deps, { query }) => listAudit(deps, checked(AuditQuery, query, 'query')),
};

const WITH_QUERY: ReadonlySet<string> = new Set([
  'GET /v1/models/{model}/releases',
  'GET /v1/models/{model}/rollouts',
  'GET /v1/audit',
]);

export function makeReadCatalog(deps: ReadCatalogDeps, log: RequestLog) {
  const answer = async (request: HttpRequest) => {
    const read = READS[request.route];
    if (read === undefined) throw new NotFoundError('route', request.route, Object.keys(READS));
    return { status: 200, body: await read(deps, request) };
  };
  return httpHandler(log, answer, (route) => WITH_QUERY.has(route));
}
