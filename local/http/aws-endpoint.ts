import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { RESPONSE_PATH } from '../assembly/custom-resource.ts';
import { AwsError, type AwsResponse } from '../service.ts';
import type { Dispatcher } from './dispatcher.ts';
import { errorDocument } from './error-document.ts';
import { BodyTooLargeError, plainHeaders, readBody, splitUrl } from './read-body.ts';
import { type AccessKeys, signingService, verifySignature } from './verify-signature.ts';

const MIB = 2 ** 20;
/** DynamoDB's 16 MB is the largest request of any service but S3. */
const BODY_LIMIT_BYTES = 20 * MIB;
/** A single PUT to S3 may be 5 GB on AWS; here it is held in memory. Multipart uploads have no such limit. */
const S3_BODY_LIMIT_BYTES = 1024 * MIB;

export interface AwsEndpointDeps {
  readonly accessKeys: AccessKeys;
  readonly dispatcher: Dispatcher;
  /** Takes the answer of a custom resource; false when nobody waits for it. */
  readonly acceptResponse: (token: string, body: string) => boolean;
  readonly now: () => Date;
  readonly logError: (service: string, message: string) => void;
}

/** Every AWS service behind one address: the credential scope of the signature says which is meant. */
export function makeAwsEndpoint(deps: AwsEndpointDeps): RequestListener {
  return (request, response) => {
    const requestId = randomUUID();
    answer(request, requestId, deps)
      .then((result) => write(response, result, requestId, request.method === 'HEAD'))
      .catch((error: unknown) => {
        // the client went away in the middle of its request or of our answer
        deps.logError('http', `${request.method} ${request.url}: ${String(error)}`);
        response.destroy();
      });
  };
}

async function answer(request: IncomingMessage, requestId: string, deps: AwsEndpointDeps): Promise<AwsResponse> {
  const { path, rawQuery } = splitUrl(request.url ?? '/');
  const headers = plainHeaders(request);
  const method = request.method ?? 'GET';
  if (path.startsWith(RESPONSE_PATH)) {
    const body = Buffer.from(await readBody(request, MIB)).toString('utf8');
    return { status: deps.acceptResponse(path.slice(RESPONSE_PATH.length), body) ? 200 : 404 };
  }
  const parts = { method, path, rawQuery, headers };
  const service = signingService(parts) ?? 'unknown';
  try {
    const body = await readBody(request, service === 's3' ? S3_BODY_LIMIT_BYTES : BODY_LIMIT_BYTES);
    const caller = verifySignature({ ...parts, body }, deps.accessKeys, deps.now());
    return await deps.dispatcher.send({
      service,
      method,
      path,
      query: new URLSearchParams(rawQuery),
      headers,
      body,
      caller,
    });
  } catch (error) {
    if (error instanceof BodyTooLargeError) {
      const code = service === 's3' ? 'EntityTooLarge' : 'RequestEntityTooLargeException';
      const document = errorDocument(new AwsError(code, error.message, 413), service, requestId);
      return { ...document, headers: { ...document.headers, connection: 'close' } };
    }
    if (!(error instanceof AwsError)) deps.logError(service, `${method} ${path}: ${describeFault(error)}`);
    return errorDocument(error, service, requestId);
  }
}

function describeFault(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function write(response: ServerResponse, result: AwsResponse, requestId: string, isHead: boolean): void {
  const body = typeof result.body === 'string' ? Buffer.from(result.body) : result.body;
  const headers: Record<string, string | number> = {
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
    ...result.headers,
  };
  if (!isHead && result.status !== 204 && result.status !== 304) headers['content-length'] = body?.length ?? 0;
  response.writeHead(result.status, headers);
  response.end(isHead ? undefined : body);
}
