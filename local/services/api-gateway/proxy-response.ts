import { isRecord } from '../../assembly/template.ts';

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

/** API Gateway's own answers have one member. */
export function gatewayAnswer(status: number, message: string): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

/**
 * What API Gateway makes of a function's answer in payload format 2.0: an answer without a statusCode is the body
 * of a 200, one with a statusCode says everything itself.
 *
 * @param payload JSON text
 * @returns undefined for an answer API Gateway can not read, which it turns into a 500
 */
export function readProxyResponse(payload: string): ApiResponse | undefined {
  const answer: unknown = JSON.parse(payload);
  if (!isRecord(answer) || !('statusCode' in answer)) {
    const body = typeof answer === 'string' ? answer : payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const { statusCode, headers: given = {}, cookies, body = '', isBase64Encoded } = answer;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (!isRecord(given) || typeof body !== 'string') return undefined;
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] = String(value);
  if (Array.isArray(cookies)) headers['set-cookie'] = cookies.map(String);
  if (body !== '' && headers['content-type'] === undefined) headers['content-type'] = 'text/plain; charset=utf-8';
  return { status, headers, body: isBase64Encoded === true ? Buffer.from(body, 'base64') : body };
}
