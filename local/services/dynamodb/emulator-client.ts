import { Agent, request as httpRequest } from 'node:http';
import { AwsError, type AwsResponse } from '../../service.ts';

/** The emulator asks for a signature's looks, not for a right one; the region has checked the real one. */
const PLACEHOLDER_SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=region/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00';

const KEPT_HEADERS = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'];

export interface EmulatorClient {
  /** Sends the bytes of a request on, and gives those of the answer. */
  forward(target: string, body: Uint8Array): Promise<AwsResponse>;
  close(): void;
}

export function makeEmulatorClient(endpoint: string): EmulatorClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { hostname, port, pathname } = new URL(endpoint);
  return {
    forward: (target, body) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(
          {
            agent,
            hostname,
            port,
            path: pathname,
            method: 'POST',
            headers: {
              'content-type': 'application/x-amz-json-1.0',
              'content-length': body.length,
              'x-amz-target': target,
              'x-amz-date': '20260101T000000Z',
              authorization: PLACEHOLDER_SIGNATURE,
            },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
              const headers: Record<string, string> = {};
              for (const name of KEPT_HEADERS) {
                const value = response.headers[name];
                if (typeof value === 'string') headers[name] = value;
              }
              resolve({ status: response.statusCode ?? 500, headers, body: Buffer.concat(chunks) });
            });
          },
        );
        // an InternalServerError is what the SDK retries, and what DynamoDB answers when a node of its own is gone
        request.on('error', (error) =>
          reject(new AwsError('InternalServerError', `the DynamoDB emulator did not answer: ${error.message}`, 500)),
        );
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}
