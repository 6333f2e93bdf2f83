import type { Caller } from '../../service.ts';
import { decodeSegment } from './match-route.ts';

/** A request as the API server took it. */
export interface ApiRequest {
  readonly method: string;
  /** As sent, percent-encoded. */
  readonly path: string;
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly time: Date;
}

export interface ProxyEventContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Absent for a route without authorization. */
  readonly caller?: Caller;
}

/**
 * The event of a Lambda proxy integration, payload format 2.0.
 * Source: AWS, "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
 */
export function proxyEvent(request: ApiRequest, context: ProxyEventContext): object {
  const { cookie, ...headers } = request.headers;
  const host = request.headers['host'] ?? '';
  const path = request.path.split('/').map(decodeSegment).join('/');
  const queryStringParameters = joinedQuery(request.rawQuery);
  const { pathParameters } = context;
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath: path,
    rawQueryString: request.rawQuery,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(queryStringParameters === undefined ? {} : { queryStringParameters }),
    requestContext: {
      accountId: context.accountId,
      apiId: context.apiId,
      ...(context.caller === undefined ? {} : { authorizer: { iam: iamContext(context.caller, context.accountId) } }),
      domainName: host.replace(/:\d+$/, ''),
      domainPrefix: context.apiId,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: request.requestId,
      routeKey: context.routeKey,
      stage: '$default',
      time: commonLogTime(request.time),
      timeEpoch: request.time.getTime(),
    },
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    ...bodyOf(request),
  };
}

function iamContext(caller: Caller, accountId: string): object {
  return {
    accessKey: caller.accessKeyId,
    accountId,
    callerId: caller.accessKeyId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: caller.principalArn,
    userId: caller.accessKeyId,
  };
}

/** Content types whose bodies API Gateway hands on as text; all others are Base64. */
const TEXT = /^(text\/.*|application\/(.*\+)?(json|xml)|application\/javascript)$/i;

function bodyOf(request: ApiRequest): object {
  if (request.body.length === 0) return { isBase64Encoded: false };
  const contentType = request.headers['content-type']?.split(';')[0]?.trim();
  const isText = contentType === undefined || TEXT.test(contentType);
  return { body: Buffer.from(request.body).toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

/** Repeated parameters are joined with commas, as payload format 2.0 does. */
function joinedQuery(rawQuery: string): Record<string, string> | undefined {
  if (rawQuery === '') return undefined;
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    joined[name] = name in joined ? `${joined[name]},${value}` : value;
  }
  return joined;
}

/** `12/Mar/2026:19:03:58 +0000` */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = /^\w+, (\d\d) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
