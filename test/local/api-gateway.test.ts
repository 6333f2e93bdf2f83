import { request as httpRequest } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import type { TemplateResource } from '../../local/assembly/template.ts';
import { roleCredentials } from '../../local/iam/credentials.ts';
import type { RegionOptions, RunningRegion } from '../../local/region.ts';
import { httpApi, lambdaRole, nodeFunction, writeAssembly } from './fixture-assembly.ts';
import { runningRegions } from './running-regions.ts';

const { start } = runningRegions();

const ECHO = `
export const handler = async (event) => {
  if (event.rawPath === '/throw') throw new Error('oops');
  if (event.rawPath === '/odd') return { statusCode: 'soon' };
  if (event.rawPath === '/slow') return new Promise((resolve) => setTimeout(resolve, 5000));
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, cookies: ['a=1'], body: JSON.stringify(event) };
};`;
const ROUTES = ['GET /things/{id}', 'POST /things', 'GET /throw', 'GET /odd', 'GET /slow'];

async function serve(
  options: Partial<RegionOptions> = {},
  change: (r: Record<string, TemplateResource>) => void = () => {},
) {
  const resources: Record<string, TemplateResource> = {
    Role: lambdaRole([]),
    Client: lambdaRole([
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: { 'Fn::Join': ['', ['arn:aws:execute-api:*:*:', { Ref: 'Api' }, '/*/GET/things/*']] },
      },
    ]),
    F: nodeFunction('echo', 'Role'),
    ...httpApi(Object.fromEntries(ROUTES.map((route) => [route, 'F']))),
  };
  change(resources);
  const assemblyDir = writeAssembly({
    S: {
      assets: { echo: { 'index.mjs': ECHO } },
      template: { Resources: resources, Outputs: { Client: { Value: { 'Fn::GetAtt': ['Client', 'Arn'] } } } },
    },
  });
  return start({ assemblyDir, ...options });
}

async function sendSigned(region: RunningRegion, path: string, credentials = region.credentials) {
  const url = new URL(region.apiUrl);
  const signer = new SignatureV4({ service: 'execute-api', region: 'us-east-1', credentials, sha256: Sha256 });
  const headers = { host: url.host };
  const signed = await signer.sign({ method: 'GET', protocol: 'http:', hostname: url.hostname, path, headers });
  return fetch(region.apiUrl + path, { headers: signed.headers });
}

/** Node's own client, which sends the Host header it is given. */
function sendWithHost(region: RunningRegion, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${region.apiUrl}/things/1`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end();
  });
}

describe('the event of a request', () => {
  it('is payload format 2.0', async () => {
    const region = await serve();
    const response = await fetch(`${region.apiUrl}/things/a%20b?x=1&y=2&x=3`, {
      headers: { cookie: 'k=v; l=w', 'X-Note': 'n' },
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1']);
    expect(await response.json()).toMatchObject({
      version: '2.0',
      routeKey: 'GET /things/{id}',
      rawPath: '/things/a b',
      rawQueryString: 'x=1&y=2&x=3',
      cookies: ['k=v', 'l=w'],
      headers: { 'x-note': 'n' },
      queryStringParameters: { x: '1,3', y: '2' },
      pathParameters: { id: 'a b' },
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        stage: '$default',
        http: { method: 'GET', path: '/things/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:root' } },
        time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      },
    });
  });

  it.each<[string, string, string, boolean]>([
    ['application/json', '{"a":1}', '{"a":1}', false],
    ['text/csv; charset=utf-8', 'é', 'é', false],
    ['application/octet-stream', 'é', 'w6k=', true],
  ])('holds a body of %s', async (contentType, body, expected, isBase64Encoded) => {
    const region = await serve();
    const response = await fetch(`${region.apiUrl}/things`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });
    expect(await response.json()).toMatchObject({ body: expected, isBase64Encoded });
  });
});

describe('API Gateway itself answers', () => {
  it.each<[string, string, number, string]>([
    ['a path without a route', '/elsewhere', 404, 'Not Found'],
    ['a function that fails', '/throw', 500, 'Internal Server Error'],
    ['an answer it can not read', '/odd', 500, 'Internal Server Error'],
  ])('%s', async (_, path, status, message) => {
    const response = await fetch((await serve()).apiUrl + path);
    expect([response.status, await response.json()]).toEqual([status, { message }]);
  });

  it('a body over 10 MB', async () => {
    const response = await fetch(`${(await serve()).apiUrl}/things`, {
      method: 'POST',
      body: 'x'.repeat(10 * 2 ** 20 + 1),
    });
    expect([response.status, await response.json()]).toEqual([413, { message: 'Request Too Long' }]);
  });

  it('an integration over its timeout', async () => {
    const region = await serve({}, (resources) => {
      Object.assign(resources['Integration4']!.Properties!, { TimeoutInMillis: 100 });
    });
    const response = await fetch(`${region.apiUrl}/slow`);
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });

  it('a function without a permission for the API', async () => {
    const region = await serve({}, (resources) => {
      delete resources['Permission0'];
    });
    expect((await fetch(`${region.apiUrl}/things/1`)).status).toBe(500);
    expect((await fetch(`${region.apiUrl}/things`, { method: 'POST' })).status).toBe(200);
  });
});

describe('a route with IAM authorization', () => {
  it('takes a role its policy lets in, and no other route for it', async () => {
    const region = await serve();
    const client = roleCredentials(region.outputs['S']!['Client']!);
    const letIn = await sendSigned(region, '/things/1', client);
    expect(await letIn.json()).toMatchObject({
      requestContext: {
        authorizer: {
          iam: { accessKey: client.accessKeyId, userArn: expect.stringContaining('assumed-role/S-Client-') },
        },
      },
    });
    const refused = await sendSigned(region, '/throw', client);
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }]);
  });

  it('refuses a wrong signature', async () => {
    const region = await serve();
    const forged = { ...region.credentials, secretAccessKey: 'guessed' };
    expect((await sendSigned(region, '/things/1', forged)).status).toBe(403);
  });

  it('takes an unsigned request as the person, unless signatures are required', async () => {
    expect((await fetch(`${(await serve()).apiUrl}/things/1`)).status).toBe(200);
    expect((await fetch(`${(await serve({ requireSignatures: true })).apiUrl}/things/1`)).status).toBe(403);
  });

  it('refuses an unsigned request from a page of another site', async () => {
    const { apiUrl } = await serve();
    expect((await fetch(`${apiUrl}/things/1`, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await fetch(`${apiUrl}/things/1`, { headers: { origin: apiUrl } })).status).toBe(200);
  });

  it('refuses an unsigned request to another host name, as after DNS rebinding', async () => {
    const region = await serve();
    expect(await sendWithHost(region, 'evil.example')).toBe(403);
    expect(await sendWithHost(region, 'localhost:4510')).toBe(200);
  });
});
