import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isFromThisMachine } from '../../http/is-from-this-machine.ts';
import { BodyTooLargeError, plainHeaders, readBody, splitUrl } from '../../http/read-body.ts';
import { type AccessKeys, signingService, verifySignature } from '../../http/verify-signature.ts';
import type { MetricDatum, MetricSink } from '../../metric-sink.ts';
import { AwsError, type Caller, type LocalService, type Region } from '../../service.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { type AccessLog, openAccessLog } from './access-log.ts';
import { makeHttpApi, type Route } from './http-api.ts';
import { matchRoute, type RouteMatch } from './match-route.ts';
import { type ApiRequest, proxyEvent } from './proxy-event.ts';
import { type ApiResponse, gatewayAnswer, readProxyResponse } from './proxy-response.ts';

export interface ApiGatewayOptions {
  readonly lambda: LambdaService;
  readonly accessKeys: AccessKeys;
  /** The person at the laptop, as whom an unsigned request from this machine acts. */
  readonly person: Caller;
  /** Refuses unsigned requests even from this machine, as AWS does. */
  readonly requireSignatures: boolean;
  readonly metrics: MetricSink;
  /** Called with the listener once all routes are up. */
  readonly serve: (listener: RequestListener) => void;
}

const BODY_LIMIT_BYTES = 10 * 2 ** 20;

/** API Gateway's HTTP APIs with Lambda proxy integrations. */
export function makeApiGatewayService(region: Region, options: ApiGatewayOptions): LocalService {
  const api = makeHttpApi(region);
  const executeApiArn = `arn:aws:execute-api:${region.regionName}:${region.accountId}:`;
  let accessLog: AccessLog | undefined;

  /** The caller of a route with IAM authorization, or undefined when the request is to be refused. */
  const authenticate = (request: ApiRequest): Caller | undefined => {
    if (signingService(request) === undefined) {
      return !options.requireSignatures && isFromThisMachine(request, region.apiUrl) ? options.person : undefined;
    }
    try {
      const caller = verifySignature(request, options.accessKeys, region.clock.now());
      const resource = `${executeApiArn}${api.apiId}/$default/${request.method}${request.path}`;
      region.authorize(caller, 'execute-api:Invoke', resource);
      return caller;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      region.log('api-gateway', 'info', `${request.method} ${request.path} refused: ${error.code}: ${error.message}`);
      return undefined;
    }
  };

  const integrate = async (request: ApiRequest, match: RouteMatch<Route>, caller?: Caller): Promise<ApiResponse> => {
    const { routeKey } = match.route.pattern;
    const integration = api.integration(match.route.integrationId);
    if (integration === undefined) throw new Error(`route ${routeKey} has no integration ${match.route.integrationId}`);
    const event = proxyEvent(request, {
      accountId: region.accountId,
      apiId: api.apiId,
      routeKey,
      pathParameters: match.pathParameters,
      ...(caller === undefined ? {} : { caller }),
    });
    const sourceArn = `${executeApiArn}${api.apiId}/$default/${routeKey.replace(' ', '')}`;
    const invoked = options.lambda.invokeFor(
      { principal: 'apigateway.amazonaws.com', sourceArn },
      integration.functionArn,
      JSON.stringify(event),
    );
    const output = await withinTimeout(invoked, integration.timeoutMs);
    if (output === 'late') return gatewayAnswer(503, 'Service Unavailable');
    const response = output.FunctionError === undefined ? readProxyResponse(output.Payload ?? 'null') : undefined;
    return response ?? gatewayAnswer(500, 'Internal Server Error');
  };

  const answer = async (incoming: IncomingMessage, requestId: string): Promise<ApiResponse> => {
    const { path, rawQuery } = splitUrl(incoming.url ?? '/');
    const method = incoming.method ?? 'GET';
    let body: Uint8Array;
    try {
      body = await readBody(incoming, BODY_LIMIT_BYTES);
    } catch (error) {
      if (error instanceof BodyTooLargeError) return gatewayAnswer(413, 'Request Too Long');
      throw error;
    }
    const request: ApiRequest = {
      method,
      path,
      rawQuery,
      headers: plainHeaders(incoming),
      body,
      requestId,
      time: region.clock.now(),
    };
    const match = matchRoute(api.routes, method, path);
    if (match === undefined) return gatewayAnswer(404, 'Not Found');
    try {
      if (!match.route.needsIam) return await integrate(request, match);
      const caller = authenticate(request);
      return caller === undefined ? gatewayAnswer(403, 'Forbidden') : await integrate(request, match, caller);
    } catch (error) {
      region.log('api-gateway', 'error', `${method} ${path}: ${String(error)}`);
      const isThrottled = error instanceof AwsError && error.status === 429;
      return isThrottled ? gatewayAnswer(503, 'Service Unavailable') : gatewayAnswer(500, 'Internal Server Error');
    }
  };

  const listener: RequestListener = (incoming, response) => {
    const requestId = randomUUID();
    const startMs = performance.now();
    answer(incoming, requestId)
      .then((result) => {
        write(response, result, requestId, incoming.method === 'HEAD');
        const durationMs = performance.now() - startMs;
        accessLog?.write(incoming, result.status, durationMs, requestId);
        options.metrics.add('AWS/ApiGateway', requestMetrics(api.apiId, result.status, durationMs));
      })
      .catch(() => response.destroy()); // the client went away in the middle
  };

  return {
    signingNames: ['execute-api'],
    resources: api.resources,
    start: async () => {
      accessLog = openAccessLog(region.stateDir);
    },
    resume: async () => options.serve(listener),
    stop: async () => accessLog?.close(),
  };
}

function write(response: ServerResponse, result: ApiResponse, requestId: string, isHead: boolean): void {
  const body = typeof result.body === 'string' ? Buffer.from(result.body) : result.body;
  const { 'content-length': _, connection: __, 'transfer-encoding': ___, ...headers } = result.headers;
  response.writeHead(result.status, {
    ...(headers as Record<string, string | string[]>), // writeHead does not write to the arrays
    'apigw-requestid': requestId,
    ...(isHead || result.status === 204 || result.status === 304 ? {} : { 'content-length': body.length }),
    ...(result.status === 413 ? { connection: 'close' } : {}),
  });
  response.end(isHead ? undefined : body);
}

function requestMetrics(apiId: string, status: number, durationMs: number): MetricDatum[] {
  const measured = { Count: 1, '4xx': status >= 400 && status < 500 ? 1 : 0, '5xx': status >= 500 ? 1 : 0 };
  const timestampMs = Date.now();
  const dimensionSets: Record<string, string>[] = [{ ApiId: apiId }, { ApiId: apiId, Stage: '$default' }];
  return dimensionSets.flatMap((dimensions) => [
    ...Object.entries(measured).map(([name, value]) => ({
      name,
      dimensions,
      values: [value],
      unit: 'Count',
      timestampMs,
    })),
    { name: 'Latency', dimensions, values: [durationMs], unit: 'Milliseconds', timestampMs },
  ]);
}

async function withinTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
