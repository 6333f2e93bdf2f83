import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../../local/iam/credentials.ts';
import type { RunningRegion } from '../../local/region.ts';

export interface JsonAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** One signed call of a JSON service over HTTP, `Kinesis_20131202.PutRecord`, as the person unless a role signs. */
export async function jsonCall(
  region: RunningRegion,
  service: string,
  target: string,
  input: object,
  credentials: Credentials = region.credentials,
): Promise<JsonAnswer> {
  const url = new URL(region.endpointUrl);
  const signer = new SignatureV4({ service, region: 'us-east-1', credentials, sha256: Sha256 });
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: url.hostname,
    path: '/',
    headers: { host: url.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(input),
  });
  const response = await fetch(url, { method: 'POST', headers: signed.headers, body: signed.body });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}
