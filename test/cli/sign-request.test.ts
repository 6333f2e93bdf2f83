import { expect, it } from 'vitest';
import { isLoopback, signedHeaders } from '../../cli/api/sign-request.ts';

const url = new URL('https://abc123.execute-api.eu-west-1.amazonaws.com/v1/models?limit=5');
const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
const unsigned = { url, method: 'GET', headers: { accept: 'application/json' }, body: undefined };

it('signs for the region that the host names', async () => {
  const headers = await signedHeaders({ ...unsigned, env });
  expect(headers['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request/,
  );
  expect(headers['authorization']).toContain('x-amz-security-token');
});

it('says which credentials or region are missing', async () => {
  await expect(signedHeaders({ ...unsigned, env: {} })).rejects.toThrow(
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
  );
  const elsewhere = new URL('https://headgate.example.org/health');
  await expect(signedHeaders({ ...unsigned, url: elsewhere, env })).rejects.toThrow(
    'the region of headgate.example.org is not known',
  );
});

it('knows this machine', () => {
  expect(
    ['http://127.0.0.1:4510', 'http://localhost', 'http://[::1]:1'].map((text) => isLoopback(new URL(text))),
  ).toEqual([true, true, true]);
  expect(isLoopback(url)).toBe(false);
});
