import { statSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isFromThisMachine } from './http/is-from-this-machine.ts';
import { plainHeaders, readBody } from './http/read-body.ts';

/** Path on the HTTP API's port where a running region takes another assembly; AWS has nothing of the kind. */
export const DEPLOYMENTS_PATH = '/_region/deployments';

const BODY_LIMIT_BYTES = 10_000;

export interface DeploymentsOptions {
  readonly stateDir: string;
  readonly apiUrl: string;
  /** Takes the assembly in this folder live. @throws Error when it cannot; what was there goes on then */
  deploy(assemblyDir: string): Promise<void>;
}

/**
 * Serves `GET` (where the region keeps its state) and `POST {assemblyDir}` (takes it live, answers when it is) to
 * programs of this machine, and everything else with the listener given. One deployment at a time.
 */
export function withDeployments(listener: RequestListener, options: DeploymentsOptions): RequestListener {
  let isDeploying = false;
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    if (!isFromThisMachine({ headers: plainHeaders(request) }, options.apiUrl))
      return refusal(403, 'only this machine may');
    if (request.method === 'GET') return { status: 200, body: { stateDir: options.stateDir } };
    if (request.method !== 'POST') return refusal(405, `${request.method} is not one of GET, POST`);
    const assemblyDir = readAssemblyDir(await readBody(request, BODY_LIMIT_BYTES));
    if (assemblyDir === null) return refusal(400, 'the body names no assemblyDir that is a folder of this user');
    if (isDeploying) return refusal(409, 'another deployment is under way; try again when it is over');
    isDeploying = true;
    try {
      await options.deploy(assemblyDir);
      return { status: 200, body: { deployed: assemblyDir } };
    } catch (error) {
      return refusal(500, error instanceof Error ? error.message : String(error));
    } finally {
      isDeploying = false;
    }
  };
  return (request, response) => {
    if (request.url !== DEPLOYMENTS_PATH) return listener(request, response);
    answer(request).then(
      (done) => write(response, done),
      (error: unknown) => write(response, refusal(400, String(error))),
    );
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function refusal(status: number, message: string): Answer {
  return { status, body: { error: { message } } };
}

/** Its code will run as this user, so another user's folder is not taken. */
function readAssemblyDir(body: Uint8Array): string | null {
  const { assemblyDir }: { assemblyDir?: unknown } = JSON.parse(new TextDecoder().decode(body));
  if (typeof assemblyDir !== 'string') return null;
  const stat = statSync(assemblyDir, { throwIfNoEntry: false });
  const isOwn = stat?.isDirectory() === true && (process.getuid === undefined || stat.uid === process.getuid());
  return isOwn ? assemblyDir : null;
}

function write(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
