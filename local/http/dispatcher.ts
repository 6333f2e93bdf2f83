import { gunzipSync } from 'node:zlib';
import { AwsError, type AwsRequest, type AwsResponse, type Caller, type LocalService } from '../service.ts';

/** Finds the stand-in for a request, over HTTP and in process alike. */
export interface Dispatcher {
  /** @throws AwsError the service's refusal, or `UnknownOperationException` when nobody takes the request */
  send(request: AwsRequest): Promise<AwsResponse>;
  /** @throws AwsError as `send` */
  invoke(signingName: string, operation: string, input: object, caller: Caller): Promise<Record<string, unknown>>;
}

/** Two services may share a signing name, as SageMaker and SageMaker Runtime do. */
export function makeDispatcher(services: readonly LocalService[]): Dispatcher {
  const bySigningName = new Map<string, LocalService[]>();
  for (const service of services) {
    for (const name of service.signingNames) {
      bySigningName.set(name, [...(bySigningName.get(name) ?? []), service]);
    }
  }
  const candidates = (signingName: string): readonly LocalService[] => {
    const found = bySigningName.get(signingName);
    if (found !== undefined) return found;
    const known = [...bySigningName.keys()].sort().join(', ');
    throw new AwsError(
      'UnknownOperationException',
      `the laptop region has no stand-in for the service "${signingName}"; it has ${known}`,
    );
  };
  const unknown = (signingName: string, operation: string) =>
    new AwsError('UnknownOperationException', `the laptop region's ${signingName} has no operation "${operation}"`);

  const send = async (request: AwsRequest): Promise<AwsResponse> => {
    const services = candidates(request.service);
    const target = request.headers['x-amz-target'];
    if (target !== undefined) {
      const name = target.slice(target.lastIndexOf('.') + 1);
      const operation = services.find((service) => hasOperation(service, name))?.operations?.[name];
      if (operation !== undefined) return jsonResponse(await operation(readJson(request), request.caller), request);
      // a service that speaks JSON by itself (DynamoDB passes bytes through) has no table of operations
      const own = services.find((service) => service.handle !== undefined && service.operations === undefined);
      if (own?.handle === undefined) throw unknown(request.service, name);
      return own.handle(request);
    }
    const rest = services.find((service) => service.handle !== undefined);
    if (rest?.handle === undefined) throw unknown(request.service, `${request.method} ${request.path}`);
    return rest.handle(request);
  };

  return {
    send,
    invoke: async (signingName, operation, input, caller) => {
      const services = candidates(signingName);
      const direct = services.find((service) => hasOperation(service, operation))?.operations?.[operation];
      if (direct !== undefined) return { ...(await direct({ ...input }, caller)) };
      if (services.some((service) => service.operations !== undefined)) throw unknown(signingName, operation);
      const response = await send({
        service: signingName,
        method: 'POST',
        path: '/',
        query: new URLSearchParams(),
        headers: { 'x-amz-target': `local.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
        body: Buffer.from(JSON.stringify(input)),
        caller,
      });
      return readAnswer(response);
    },
  };
}

function hasOperation(service: LocalService, name: string): boolean {
  return service.operations !== undefined && Object.hasOwn(service.operations, name);
}

function readJson(request: AwsRequest): Readonly<Record<string, unknown>> {
  try {
    // the SDK compresses the larger PutMetricData calls
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(request.body) : request.body;
    const text = Buffer.from(body).toString('utf8');
    const document: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>; // an object, just checked
  } catch {
    // answered below, like any other document that is none
  }
  throw new AwsError('SerializationException', 'the request body is not a JSON object');
}

function jsonResponse(answer: object, request: AwsRequest): AwsResponse {
  return {
    status: 200,
    headers: { 'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.1' },
    body: JSON.stringify(answer),
  };
}

/** The answer of a JSON service that was called as by HTTP; its refusals become exceptions again. */
function readAnswer(response: AwsResponse): Record<string, unknown> {
  const text = typeof response.body === 'string' ? response.body : Buffer.from(response.body ?? '').toString('utf8');
  const document = JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>; // JSON services answer with objects
  if (response.status < 300) return document;
  const { __type: type, message, Message, ...members } = document;
  const code = String(type ?? 'InternalFailure').replace(/^.*#/, '');
  throw new AwsError(code, String(message ?? Message ?? code), response.status, members);
}
