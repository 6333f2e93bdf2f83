import type { IncomingMessage } from 'node:http';

/** Thrown when a body is longer than the limit; the connection is to be closed, since the rest is not read. */
export class BodyTooLargeError extends Error {
  constructor(limitBytes: number) {
    super(`the request body is over the limit of ${limitBytes} bytes`);
    this.name = 'BodyTooLargeError';
  }
}

/** @throws BodyTooLargeError as soon as the limit is passed */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw new BodyTooLargeError(limitBytes);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new BodyTooLargeError(limitBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Headers with names in lower case, repeated ones joined with `, `. */
export function plainHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** Path and query as sent, without a fragment or a host. */
export function splitUrl(url: string): { readonly path: string; readonly rawQuery: string } {
  const question = url.indexOf('?');
  return question < 0
    ? { path: url, rawQuery: '' }
    : { path: url.slice(0, question), rawQuery: url.slice(question + 1) };
}
