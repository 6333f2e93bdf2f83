/** An HTTP server in front of stand-ins, for tests that go through the real AWS SDK. Signatures are not checked. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorDocument } from '../../local/http/error-document.ts';
import { AwsError, type AwsRequest, type Caller } from '../../local/service.ts';
import { type FakeRegion, PERSON } from './fake-region.ts';

export interface FakeEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** @param caller who every request is from */
export async function fakeEndpoint(region: FakeRegion, caller: Caller = PERSON): Promise<FakeEndpoint> {
  const server = createServer((request, response) => {
    answer(region, caller, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.keepAliveTimeout = 120_000; // longer than any test: an SDK reuses connections
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server has an AddressInfo
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(region: FakeRegion, caller: Caller, request: IncomingMessage, response: ServerResponse) {
  const aws = await awsRequest(caller, request);
  const operation = aws.headers['x-amz-target']?.split('.').at(-1);
  if (operation === undefined) {
    const answered = await region.send(aws).catch((error: unknown) => errorDocument(error, aws.service, 'test'));
    response.writeHead(answered.status, answered.headers).end(answered.body);
    return;
  }
  try {
    const input: object = JSON.parse(Buffer.from(aws.body).toString('utf8'));
    const output = await region.invoke(aws.service, operation, input, caller);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(output));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const body = JSON.stringify({ __type: error.code, message: error.message, ...error.members });
    response.writeHead(error.status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  }
}

async function awsRequest(caller: Caller, request: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const search = new URLSearchParams(query);
  const scope = search.get('X-Amz-Credential') ?? headers['authorization']?.match(/Credential=([^,]+)/)?.[1] ?? '';
  return {
    service: scope.split('/').at(-2) ?? '',
    method: request.method ?? 'GET',
    path,
    query: search,
    headers,
    body: Buffer.concat(chunks),
    caller,
  };
}
