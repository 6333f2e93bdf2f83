import { NotFoundError } from '../../../core/errors.ts';
import { compareReleases } from '../../use-cases/releases/compare-releases.ts';
import { type TellLineageDeps, tellLineage } from '../../use-cases/releases/tell-lineage.ts';
import { writeCard } from '../../use-cases/releases/write-card.ts';
import { type HttpRequest, httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

type Read = (deps: TellLineageDeps, request: HttpRequest) => Promise<unknown>;

/** By route as the API declares it. */
const READS: Readonly<Record<string, Read | undefined>> = {
  'GET /v1/releases/{id}/diff/{other}': (deps, { path }) => compareReleases(deps, path('id'), path('other')),
  'GET /v1/releases/{id}/card': (deps, { path }) => writeCard(deps, path('id')),
  'GET /v1/releases/{id}/lineage': (deps, { path }) => tellLineage(deps, path('id')),
};

export function makeReadReleases(deps: TellLineageDeps, log: RequestLog) {
  return httpHandler(log, async (request) => {
    const read = READS[request.route];
    if (read === undefined) throw new NotFoundError('route', request.route, Object.keys(READS));
    return { status: 200, body: await read(deps, request) };
  });
}
