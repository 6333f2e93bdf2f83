import { AwsError, type AwsResponse } from '../service.ts';

/** Services whose error documents are XML. */
const QUERY_SERVICES = new Set(['sns', 'sts', 'iam', 'cloudformation']);

/** The refusal as the service's protocol writes it. Anything but an AwsError is a fault of the region: status 500. */
export function errorDocument(error: unknown, service: string, requestId: string): AwsResponse {
  const refusal =
    error instanceof AwsError
      ? error
      : new AwsError(
          service === 's3' ? 'InternalError' : 'InternalFailure',
          `the laptop region failed: ${String(error)}`,
          500,
        );
  if (service === 's3') return xml(refusal, `<Error>${xmlFields(refusal, requestId)}</Error>`);
  if (QUERY_SERVICES.has(service)) {
    const type = refusal.status < 500 ? 'Sender' : 'Receiver';
    const inner = `<Error><Type>${type}</Type>${xmlFields(refusal, requestId)}</Error>`;
    return xml(refusal, `<ErrorResponse>${inner}<RequestId>${requestId}</RequestId></ErrorResponse>`);
  }
  return {
    status: refusal.status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': refusal.code },
    body: JSON.stringify({ __type: refusal.code, message: refusal.message, ...refusal.members }),
  };
}

function xml(refusal: AwsError, document: string): AwsResponse {
  return {
    status: refusal.status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  };
}

function xmlFields(refusal: AwsError, requestId: string): string {
  const fields = { Code: refusal.code, Message: refusal.message, RequestId: requestId };
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('');
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
