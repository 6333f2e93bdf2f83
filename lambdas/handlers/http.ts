import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ErrorResponse } from '../../contracts/api/error-response.ts';
import { HTTP_STATUS, InvalidInputError, isRetryable, PlatformError } from '../../core/errors.ts';
import { jsonBody } from './json-body.ts';
import type { RequestLog } from './request-log.ts';

/** Larger bodies have a door of their own: files are uploaded, not posted. */
const MAX_BODY_BYTES = 1_048_576;
const MAX_KEY_CHARS = 200;
/** Longer than any name or id, and short enough for a key of every store. */
const MAX_PATH_CHARS = 200;

export interface HttpRequest {
  /** `GET /v1/models/{model}`: the route as the API declares it. */
  readonly route: string;
  /** @throws InvalidInputError when the path has no such parameter, or an overlong one */
  path(name: string): string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; an empty object without a body. */
  readonly body: unknown;
  /** ARN of the caller. */
  readonly actor: string;
  /** Header `Idempotency-Key`; null without one. */
  readonly idempotencyKey: string | null;
}

export interface HttpAnswer {
  readonly status: number;
  /** Becomes JSON; a `JsonText` is sent as it is. */
  readonly body: unknown;
}

/** A body that is JSON already. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * An API Gateway (payload 2.0) handler: parses the request, answers JSON, maps errors to statuses. Messages of 4xx
 * leave the system; of a 5xx the caller gets the request id, and the log has the rest.
 *
 * @param takesQuery whether a route reads its query; one that does not refuses any, before it does anything
 */
export function httpHandler(
  log: RequestLog,
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
  takesQuery: (route: string) => boolean = () => false,
) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(async (event: APIGatewayProxyEventV2) => {
    if (!takesQuery(event.routeKey)) refuseQuery(event);
    const { status, body } = await answer(requestOf(event));
    log.info('answered', { route: event.routeKey, status, requestId: requestIdOf(event) });
    return reply(status, body, requestIdOf(event));
  }).onError((request) => {
    const requestId = requestIdOf(request.event);
    const failure = failureOf(request.error);
    const status = HTTP_STATUS[failure.kind];
    const facts = { route: request.event.routeKey, status, requestId, error: failure.name, kind: failure.kind };
    if (status >= 500) log.error('failed', { ...facts, message: failure.message, cause: causesOf(request.error) });
    else log.info('refused', facts);
    request.response = reply(status, errorBody(failure, status, requestId), requestId, isRetryable(failure.kind));
  });
}

/** A setting that is not read would seem to have been obeyed. */
function refuseQuery({ queryStringParameters, routeKey }: APIGatewayProxyEventV2): void {
  const names = Object.keys(queryStringParameters ?? {});
  if (names.length === 0) return;
  throw new InvalidInputError(`${routeKey} takes no query, given ${names.join(', ').slice(0, 100)}; leave it out`, {
    given: names,
  });
}

function requestOf(event: APIGatewayProxyEventV2): HttpRequest {
  const key = event.headers?.['idempotency-key'] ?? null;
  if (key !== null && (key === '' || key.length > MAX_KEY_CHARS)) {
    throw new InvalidInputError(`Idempotency-Key must have 1 to ${MAX_KEY_CHARS} characters, given ${key.length}`);
  }
  return {
    route: event.routeKey,
    path(name) {
      const value = event.pathParameters?.[name];
      if (value === undefined || value === '') throw new InvalidInputError(`the path lacks {${name}}`);
      if (value.length > MAX_PATH_CHARS) {
        const given = `${value.slice(0, 40)}…`;
        throw new InvalidInputError(
          `{${name}} of the path has ${value.length} characters, at most ${MAX_PATH_CHARS} are allowed, given "${given}"`,
        );
      }
      return value;
    },
    query: event.queryStringParameters ?? {},
    body: jsonBody(event.body, event.isBase64Encoded, { maxBytes: MAX_BODY_BYTES }),
    actor: actorOf(event),
    idempotencyKey: key,
  };
}

/** The API asks for IAM authorization, so API Gateway names the caller. */
function actorOf({ requestContext }: APIGatewayProxyEventV2): string {
  const { authorizer } = requestContext as { authorizer?: { iam?: { userArn?: string | null } } };
  return authorizer?.iam?.userArn ?? 'unknown';
}

function requestIdOf(event: APIGatewayProxyEventV2): string {
  return event.requestContext?.requestId ?? 'unknown';
}

function failureOf(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new PlatformError('InternalError', 'bug', message, {}, error);
}

function errorBody(failure: PlatformError, status: number, requestId: string): ErrorResponse {
  const { name, kind, message, details } = failure;
  if (status < 500) return { error: { name, kind, message, details: { ...details } } };
  const advice = isRetryable(kind) ? 'try again' : 'ask the operator for the log of this request';
  const general = `the platform could not answer; ${advice} (request ${requestId})`;
  return { error: { name, kind, message: general, details: { requestId } } };
}

/** Each error of the chain of causes with its stack. */
function causesOf(error: unknown): readonly string[] {
  const chain: string[] = [];
  for (let at = error; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at.stack ?? at.message);
  return chain;
}

function reply(status: number, body: unknown, requestId: string, isRetry = false): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...(isRetry && { 'retry-after': '1' }),
    },
    body: body instanceof JsonText ? body.text : JSON.stringify(body),
  };
}
