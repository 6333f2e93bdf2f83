/**
 * Serves a bundled function over HTTP, one event after the other as they come, with nothing between: what API Gateway
 * and Lambda add on AWS is not part of what is compared.
 *
 *   node bench/online/function-server.ts INDEX_MJS PORT
 */
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const [file = '', port = '0'] = process.argv.slice(2);
type Handler = (event: unknown, context: unknown) => Promise<APIGatewayProxyStructuredResultV2>;
const { handler } = (await import(pathToFileURL(file).href)) as { readonly handler: Handler };
let requests = 0;

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const requestId = `request-${++requests}`;
    const event = {
      version: '2.0',
      routeKey: `${request.method} ${request.url}`,
      headers: request.headers,
      requestContext: { requestId },
      body: Buffer.concat(chunks).toString('utf8'),
      isBase64Encoded: false,
    };
    const { statusCode = 500, headers = {}, body = '' } = await handler(event, { awsRequestId: requestId });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
    response.setHeader('content-length', Buffer.byteLength(body));
    response.statusCode = statusCode;
    response.end(body);
  });
}).listen(Number(port), '127.0.0.1');
