import { Sha256 } from '@aws-crypto/sha256-js';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { type SignedRequest, verifySignature } from '../../local/http/verify-signature.ts';
import type { Caller } from '../../local/service.ts';

const KEY = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret' };
const ROLE: Caller = { accessKeyId: 'AKIATEST', principalArn: 'arn:aws:sts::0:assumed-role/r/local', roleArn: 'arn:r' };
const keys = {
  findAccessKey: (id: string) =>
    id === KEY.accessKeyId ? { caller: ROLE, secretAccessKey: KEY.secretAccessKey } : undefined,
};
const NOW = new Date('2026-03-01T12:00:00Z');

function signer(service: string, credentials = KEY): SignatureV4 {
  // S3's client signs the path as it is; the others escape it once more
  return new SignatureV4({
    service,
    region: 'us-east-1',
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
}

function request(over: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: '/',
    headers: { host: '127.0.0.1:4511', 'content-type': 'application/x-amz-json-1.0' },
    body: '{"TableName":"t"}',
    ...over,
  };
}

function received(signed: HttpRequest, body = String(signed.body ?? '')): SignedRequest {
  const encode = (text: string) =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const pairs = Object.entries(signed.query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((each) => `${encode(name)}=${encode(each)}`),
  );
  const headers = Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { method: signed.method, path: signed.path, rawQuery: pairs.join('&'), headers, body: Buffer.from(body) };
}

async function sign(service: string, over: Partial<HttpRequest> = {}, credentials = KEY): Promise<HttpRequest> {
  return (await signer(service, credentials).sign(request(over), { signingDate: NOW })) as HttpRequest;
}

describe('a request signed by the official signer', () => {
  it.each<[string, string, Partial<HttpRequest>]>([
    ['JSON', 'dynamodb', {}],
    ['an S3 key with spaces and unicode', 's3', { method: 'PUT', path: '/bucket/a%20b/%C3%A9%2B.csv' }],
    ['a REST path with an encoded ARN', 'lambda', { path: '/2015-03-31/functions/arn%3Aaws%3Af/invocations' }],
    [
      'a query with repeated and empty parameters',
      's3',
      { method: 'GET', body: '', query: { b: ['2', '1'], a: '', 'list type': 'x+y' } },
    ],
    ['headers with runs of spaces', 'sns', { headers: { host: 'h', 'x-note': '  a   b ' } }],
  ])('is taken: %s', async (_, service, over) => {
    expect(verifySignature(received(await sign(service, over)), keys, NOW)).toEqual(ROLE);
  });

  it.each<[string, string, (r: SignedRequest) => SignedRequest, string]>([
    ['a changed body', 'dynamodb', (r) => ({ ...r, body: Buffer.from('{}') }), 'InvalidSignatureException'],
    ['a changed body for S3', 's3', (r) => ({ ...r, body: Buffer.from('{}') }), 'XAmzContentSHA256Mismatch'],
    ['a changed path', 's3', (r) => ({ ...r, path: '/other' }), 'SignatureDoesNotMatch'],
    ['another method', 'lambda', (r) => ({ ...r, method: 'GET' }), 'InvalidSignatureException'],
    ['a further parameter', 's3', (r) => ({ ...r, rawQuery: 'acl=' }), 'SignatureDoesNotMatch'],
    [
      'no signature',
      'sns',
      ({ headers: { authorization: _, ...headers }, ...r }) => ({ ...r, headers }),
      'MissingAuthenticationTokenException',
    ],
  ])('is refused with %s', async (_, service, change, code) => {
    const signed = received(await sign(service));
    expect(() => verifySignature(change(signed), keys, NOW)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['dynamodb', 'UnrecognizedClientException'],
    ['s3', 'InvalidAccessKeyId'],
  ])('is refused with an unknown key: %s', async (service, code) => {
    const signed = received(await sign(service, {}, { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' }));
    expect(() => verifySignature(signed, keys, NOW)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused with the wrong secret, and sixteen minutes later', async () => {
    const forged = received(await sign('dynamodb', {}, { ...KEY, secretAccessKey: 'guessed' }));
    expect(() => verifySignature(forged, keys, NOW)).toThrow(
      expect.objectContaining({ code: 'InvalidSignatureException' }),
    );
    const late = new Date(NOW.getTime() + 16 * 60_000);
    const signed = received(await sign('s3'));
    expect(() => verifySignature(signed, keys, late)).toThrow(
      expect.objectContaining({ code: 'RequestTimeTooSkewed' }),
    );
  });
});

describe('a presigned URL', () => {
  const presign = async () =>
    (await new S3RequestPresigner({ credentials: KEY, region: 'us-east-1', sha256: Sha256 }).presign(
      request({ method: 'GET', path: '/bucket/key', headers: { host: '127.0.0.1:4511' }, body: undefined }),
      { signingDate: NOW, expiresIn: 60 },
    )) as HttpRequest;

  it('is taken until it expires', async () => {
    const signed = received(await presign());
    expect(verifySignature(signed, keys, new Date(NOW.getTime() + 59_000))).toEqual(ROLE);
    expect(() => verifySignature(signed, keys, new Date(NOW.getTime() + 61_000))).toThrow('Request has expired');
  });

  it('is refused for another object', async () => {
    const signed = { ...received(await presign()), path: '/bucket/other' };
    expect(() => verifySignature(signed, keys, NOW)).toThrow(
      expect.objectContaining({ code: 'SignatureDoesNotMatch' }),
    );
  });
});
