import { NotFoundError } from '../../../core/errors.ts';
import { compareReleases, type ReadReleasesDeps } from '../../use-cases/releases/compare-releases.ts';
import { type HttpRequest, httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

type Read = (deps: ReadReleasesDeps, request: HttpRequest) => Promise<unknown>;

/** By route as the API declares it. */
const READS: Readonly<Record<string, Read | undefined>> = {
  'GET /v1/releases/{id}/diff/{other}': (deps, { path }) => compareReleases(deps, path('id'), path('other')),
};

export function makeReadReleases(deps: ReadReleasesDeps, log: RequestLog) {
  return httpHandler(log, async (request) => {
    const read = READS[request.route];
    if (read === undefined) throw new NotFoundError('route', request.route, Object.keys(READS));
    return { status: 200, body: await read(deps, request) };
  });
}
