import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it, vi } from 'vitest';
import type { RunningRegion } from '../../local/region.ts';
import { lambdaRole, nodeFunction, writeAssembly } from './fixture-assembly.ts';
import { newStateDir, runningRegions } from './running-regions.ts';

const { start } = runningRegions();

const CODE = `
let seen = 0;
export const handler = async (event, context) => {
  seen++;
  switch (event.do) {
    case 'hour': return new Date(0).getHours();
    case 'echo': return { event, seen };
    case 'environment': return process.env;
    case 'context': return { ...context, remainingMs: context.getRemainingTimeInMillis() };
    case 'throw': throw Object.assign(new Error('no such model'), { name: 'ModelNotFoundError' });
    case 'exit': return process.exit(3);
    case 'crash': setTimeout(() => { throw new TypeError('out of nowhere'); }); return new Promise(() => {});
    case 'hang': return new Promise(() => {});
    case 'sleep': await new Promise((resolve) => setTimeout(resolve, event.ms)); return seen;
    case 'hog': { const hog = []; for (;;) hog.push(new Array(1e5).fill(seen)); }
    case 'large': return 'x'.repeat(7e6);
    case 'say': await new Promise((resolve) => setTimeout(resolve, 900)); console.log('said ' + event.word);
  }
};`;

function assembly(properties: object = {}): string {
  return writeAssembly({
    S: {
      assets: { code: { 'index.mjs': CODE } },
      template: {
        Resources: {
          Role: lambdaRole([{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }]),
          F: nodeFunction('code', 'Role', { FunctionName: 'f', Timeout: 1, MemorySize: 128, ...properties }),
        },
      },
    },
  });
}

interface Answer {
  readonly status: number;
  readonly error: string | null;
  readonly body: unknown;
}

async function invoke(region: RunningRegion, event: object, type = 'RequestResponse', name = 'f'): Promise<Answer> {
  const url = new URL(region.endpointUrl);
  const signer = new SignatureV4({
    service: 'lambda',
    region: 'us-east-1',
    credentials: region.credentials,
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: url.hostname,
    path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    headers: { host: url.host, 'x-amz-invocation-type': type },
    body: JSON.stringify(event),
  });
  const response = await fetch(region.endpointUrl + signed.path, {
    method: 'POST',
    headers: signed.headers,
    body: signed.body,
  });
  const text = await response.text();
  return {
    status: response.status,
    error: response.headers.get('x-amz-function-error') ?? response.headers.get('x-amzn-errortype'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

describe('a function of the laptop region', () => {
  it('runs in UTC, as on AWS, wherever the laptop is', async () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    expect(new Date(0).getHours()).toBe(9);
    const region = await start({ assemblyDir: assembly() });
    expect((await invoke(region, { do: 'hour' })).body).toBe(0);
    vi.unstubAllEnvs();
  });

  it('keeps its worker between events and answers what it returns', async () => {
    const region = await start({ assemblyDir: assembly() });
    await invoke(region, { do: 'echo' });
    const again = await invoke(
      region,
      { do: 'echo', n: 1 },
      'RequestResponse',
      'arn:aws:lambda:us-east-1:000000000000:function:f',
    );
    expect(again).toEqual({ status: 200, error: null, body: { event: { do: 'echo', n: 1 }, seen: 2 } });
  });

  it('sees its own environment and nothing of the laptop', async () => {
    process.env['SECRET_OF_THE_LAPTOP'] = 'x';
    const region = await start({ assemblyDir: assembly({ Environment: { Variables: { TABLE: 'notes' } } }) });
    const { body } = await invoke(region, { do: 'environment' });
    expect(body).toMatchObject({
      TABLE: 'notes',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: region.endpointUrl,
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
    });
    expect(body).not.toHaveProperty('SECRET_OF_THE_LAPTOP');
    delete process.env['SECRET_OF_THE_LAPTOP'];
  });

  it('gets a Lambda context', async () => {
    const region = await start({ assemblyDir: assembly() });
    const { body } = await invoke(region, { do: 'context' });
    expect(body).toMatchObject({
      functionName: 'f',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      memoryLimitInMB: '128',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      remainingMs: expect.toSatisfy((ms: number) => ms > 0 && ms <= 1000),
    });
  });

  it.each<[string, object, object]>([
    [
      'an exception',
      { do: 'throw' },
      { errorType: 'ModelNotFoundError', errorMessage: 'no such model', trace: expect.any(Array) },
    ],
    ['an uncaught exception', { do: 'crash' }, { errorType: 'TypeError', errorMessage: 'out of nowhere' }],
    [
      'an exit',
      { do: 'exit' },
      { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 3' },
    ],
    [
      'its timeout',
      { do: 'hang' },
      {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/Error: Task timed out after 1\.00 seconds$/),
      },
    ],
    ['its memory', { do: 'hog' }, { errorType: 'Runtime.OutOfMemory' }],
    ['an answer that is too large', { do: 'large' }, { errorType: 'Function.ResponseSizeTooLarge' }],
  ])('fails alone at %s, and serves the next event', async (_, event, error) => {
    const region = await start({
      assemblyDir: assembly(event && 'do' in event && event.do === 'hog' ? { Timeout: 30 } : {}),
    });
    expect(await invoke(region, event)).toEqual({
      status: 200,
      error: 'Unhandled',
      body: expect.objectContaining(error),
    });
    expect((await invoke(region, { do: 'echo' })).error).toBeNull();
  });

  it('runs one event at a time in a worker, and several workers at once', async () => {
    const region = await start({ assemblyDir: assembly({ Timeout: 30 }) });
    const answers = await Promise.all([1, 2, 3].map(() => invoke(region, { do: 'sleep', ms: 700 })));
    expect(answers.map(({ body }) => body)).toEqual([1, 1, 1]); // three workers, the first event of each
  });

  it('is throttled over its reserved concurrency', async () => {
    const region = await start({ assemblyDir: assembly({ ReservedConcurrentExecutions: 1, Timeout: 30 }) });
    const answers = await Promise.all([1, 2].map(() => invoke(region, { do: 'sleep', ms: 700 })));
    expect(answers.map(({ status, error }) => [status, error]).sort()).toEqual([
      [200, null],
      [429, 'TooManyRequestsException'],
    ]);
  });

  it.each<[string, object, string, string, number, string]>([
    ['an unknown function', {}, 'RequestResponse', 'nobody', 404, 'ResourceNotFoundException'],
    ['an event over 1 MB', { x: 'x'.repeat(2 ** 20) }, 'Event', 'f', 413, 'RequestTooLargeException'],
    ['a request over 6 MB', { x: 'x'.repeat(7e6) }, 'RequestResponse', 'f', 413, 'RequestTooLargeException'],
    ['an unknown invocation type', {}, 'Later', 'f', 400, 'InvalidParameterValueException'],
  ])('refuses %s', async (_, event, type, name, status, error) => {
    const region = await start({ assemblyDir: assembly() });
    expect(await invoke(region, event, type, name)).toMatchObject({ status, error });
  });

  it('runs an accepted event three times when it fails, and gives it up in the log', async () => {
    const stateDir = newStateDir();
    const region = await start({ assemblyDir: assembly(), stateDir, speed: 10_000 });
    expect((await invoke(region, { do: 'throw' }, 'Event')).status).toBe(202);
    const log = () => readFileSync(join(stateDir, 'logs', 'region.log'), 'utf8');
    await expect.poll(log, { timeout: 10_000 }).toContain('of f is given up after 3 tries');
  });

  it('finishes after a restart what it had accepted before', async () => {
    const [stateDir, assemblyDir] = [newStateDir(), assembly({ Timeout: 30 })];
    const first = await start({ assemblyDir, stateDir });
    await invoke(first, { do: 'say', word: 'hello' }, 'Event');
    await first.stop();
    await start({ assemblyDir, stateDir });
    const log = () => readFileSync(join(stateDir, 'logs', 'f.log'), 'utf8');
    await expect.poll(log, { timeout: 10_000 }).toContain('said hello');
  });

  it.each<[string, object, string]>([
    ['Python', { Runtime: 'python3.13' }, 'the laptop region runs Node.js functions only'],
    ['a layer', { Layers: ['arn:aws:lambda:x'] }, 'a layer is not supported by the laptop region'],
    ['a property nobody knows', { Speed: 'high' }, 'Unrecognized key: "Speed"'],
  ])('is refused with %s when it is brought up', async (_, properties, problem) => {
    await expect(start({ assemblyDir: assembly(properties) })).rejects.toThrow(problem);
  });
});
