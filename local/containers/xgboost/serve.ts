import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { predictAll, type TreeEnsemble } from '../../../core/trees/tree-ensemble.ts';
import { acceptedType, decodeRows, encodePredictions, InvocationError } from './invocation-codec.ts';

const MAX_BODY_BYTES = 6 * 1024 * 1024;

export interface ServeOptions {
  /** Averaged when there are several. */
  readonly boosters: readonly TreeEnsemble[];
  readonly defaultAccept: string;
  /** In a batch transform the image answers in lines whatever it is asked for. */
  readonly isBatch: boolean;
}

/** The model server of the container contract: `/ping`, `/invocations`, `/execution-parameters`. Not yet listening. */
export function makeModelServer({ boosters, defaultAccept, isBatch }: ServeOptions): Server {
  const invoke = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (body.length === 0) return end(response, 204, '');
    const rows = decodeRows(body, request.headers['content-type'], boosters[0]!.featureCount);
    const type = acceptedType(request.headers.accept, defaultAccept);
    const predictions = rows.map((row) => average(boosters, row));
    end(response, 200, encodePredictions(predictions, isBatch ? 'text/csv' : type), type);
  };
  const server = createServer((request, response) => {
    answer(request, response, invoke).catch((error: unknown) => {
      const known = error instanceof InvocationError;
      if (known && error.status === 413) response.setHeader('connection', 'close');
      end(response, known ? error.status : 500, error instanceof Error ? error.message : String(error));
    });
  });
  server.keepAliveTimeout = 120_000; // longer than any caller keeps a connection
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  invoke: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /ping':
      return end(response, 200, '');
    case 'GET /execution-parameters': {
      const parameters = {
        MaxConcurrentTransforms: 1,
        BatchStrategy: 'MULTI_RECORD',
        MaxPayloadInMB: MAX_BODY_BYTES / 1024 ** 2,
      };
      return end(response, 200, JSON.stringify(parameters), 'application/json');
    }
    case 'POST /invocations':
      return invoke(request, response);
    default:
      return end(response, 404, `there is no ${request.method} ${request.url}`);
  }
}

function average(boosters: readonly TreeEnsemble[], row: Float32Array): number[] {
  const [first, ...others] = boosters.map((booster) => predictAll(booster, row));
  return Array.from(first!, (output, i) =>
    others.length === 0 ? output : Math.fround(others.reduce((sum, more) => sum + more[i]!, output) / boosters.length),
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new InvocationError(413, `the body is over ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function end(response: ServerResponse, status: number, body: string, contentType = 'text/plain; charset=utf-8'): void {
  response.writeHead(
    status,
    status === 204 ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) },
  );
  response.end(status === 204 ? undefined : body);
}
