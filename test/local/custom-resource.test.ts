import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TemplateResource } from '../../local/assembly/template.ts';
import { scratchDir } from '../scratch-dir.ts';
import { lambdaRole, nodeFunction, writeAssembly } from './fixture-assembly.ts';
import { newStateDir, runningRegions } from './running-regions.ts';

const { start } = runningRegions();

/** Keeps the events it gets in a file, and answers them with fetch. */
const MODERN = `
import { appendFileSync } from 'node:fs';
export const handler = async (event) => {
  appendFileSync(process.env.EVENTS, JSON.stringify(event) + '\\n');
  if (event.ResourceProperties.silent) return;
  const failed = event.ResourceProperties.fail === 'true';
  const { StackId, RequestId, LogicalResourceId } = event;
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({
    StackId, RequestId, LogicalResourceId, Status: failed ? 'FAILED' : 'SUCCESS', Reason: failed ? 'the moon' : undefined,
    PhysicalResourceId: 'endpoint-' + event.ResourceProperties.name, Data: { Url: 'http://' + event.ResourceProperties.name },
  }) });
};`;

/** Answers as CDK's own handlers do: https, without the port. */
const CDK_STYLE = `
const https = require('https');
exports.handler = async (event) => {
  const url = new URL(event.ResponseURL);
  const body = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'old-style', Data: {}, RequestId: event.RequestId });
  await new Promise((resolve, reject) => {
    const request = https.request({ hostname: url.hostname, path: url.pathname, method: 'PUT', headers: { 'content-length': body.length } }, resolve);
    request.on('error', reject);
    request.end(body);
  });
};`;

function newEventsFile(): string {
  return join(scratchDir('events'), 'events.jsonl');
}

function assembly(
  resources: Record<string, TemplateResource>,
  eventsFile = newEventsFile(),
  code = { 'index.mjs': MODERN } as Record<string, string>,
) {
  return writeAssembly({
    S: {
      assets: { code },
      template: {
        Resources: {
          Role: lambdaRole([]),
          F: nodeFunction('code', 'Role', { Environment: { Variables: { EVENTS: eventsFile } } }),
          ...resources,
        },
        Outputs: Object.fromEntries(
          Object.keys(resources).map((id) => [id, { Value: { 'Fn::Join': [' ', [{ Ref: id }]] } }]),
        ),
      },
    },
  });
}

function endpoint(properties: object, rest: object = {}): TemplateResource {
  return {
    Type: 'Custom::Endpoint',
    Properties: { ServiceToken: { 'Fn::GetAtt': ['F', 'Arn'] }, ...properties },
    ...rest,
  } as TemplateResource;
}

function eventsIn(file: string): Record<string, unknown>[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a custom resource', () => {
  it('is created once, updated when its properties change, replaced and deleted', async () => {
    const [stateDir, events] = [newStateDir(), newEventsFile()];
    const up = async (resources: Record<string, TemplateResource>) => {
      const region = await start({ assemblyDir: assembly(resources, events), stateDir });
      await region.stop();
      return region.outputs['S'];
    };
    expect(await up({ E: endpoint({ name: 'a', size: 1, isBig: false }) })).toEqual({ E: 'endpoint-a' });
    await up({ E: endpoint({ name: 'a', size: 1, isBig: false }) });
    await up({ E: endpoint({ name: 'a', size: 2, isBig: false }) });
    expect(await up({ E: endpoint({ name: 'b', size: 2, isBig: false }) })).toEqual({ E: 'endpoint-b' });
    await up({});
    const seen = eventsIn(events);
    expect(seen.map((event) => [event['RequestType'], event['PhysicalResourceId']])).toEqual([
      ['Create', undefined],
      ['Update', 'endpoint-a'],
      ['Update', 'endpoint-a'],
      ['Delete', 'endpoint-a'],
      ['Delete', 'endpoint-b'],
    ]);
    expect(seen[1]).toMatchObject({
      ResourceType: 'Custom::Endpoint',
      LogicalResourceId: 'E',
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/S/local',
      ResourceProperties: { name: 'a', size: '2', isBig: 'false' },
      OldResourceProperties: { name: 'a', size: '1', isBig: 'false' },
    });
  });

  it('gives its data to Fn::GetAtt', async () => {
    const [events, E] = [newEventsFile(), endpoint({ name: 'a' })];
    await start({ assemblyDir: assembly({ E, Next: endpoint({ name: { 'Fn::GetAtt': ['E', 'Url'] } }) }, events) });
    expect(eventsIn(events).map((event) => event['ResourceProperties'])).toMatchObject([
      { name: 'a' },
      { name: 'http://a' },
    ]);
  });

  it('may answer as the handlers of the CDK do', async () => {
    const region = await start({ assemblyDir: assembly({ E: endpoint({}) }, '', { 'index.js': CDK_STYLE }) });
    expect(region.outputs['S']).toEqual({ E: 'old-style' });
  });

  it.each<[string, object, string]>([
    [
      'answers FAILED',
      { name: 'a', fail: true },
      'stack S, resource E (Custom::Endpoint): its function answered FAILED: the moon',
    ],
    [
      'does not answer',
      { silent: true, ServiceTimeout: 1 },
      'its function did not answer the Create request within 1 s',
    ],
  ])('stops the start when its function %s', async (_, properties, problem) => {
    await expect(start({ assemblyDir: assembly({ E: endpoint(properties) }) })).rejects.toThrow(problem);
  });

  it('stops the start when its function fails', async () => {
    const broken = { 'index.mjs': 'export const handler = async () => { throw new RangeError("broken"); };' };
    await expect(start({ assemblyDir: assembly({ E: endpoint({}) }, '', broken) })).rejects.toThrow(
      /its function arn:aws:lambda:\S+ failed: .*RangeError.*broken/,
    );
  });

  it('is kept by its deletion policy when it leaves the template', async () => {
    const [stateDir, events] = [newStateDir(), newEventsFile()];
    const E = endpoint({ name: 'a' }, { DeletionPolicy: 'Retain' });
    await (await start({ assemblyDir: assembly({ E }, events), stateDir })).stop();
    await start({ assemblyDir: assembly({}, events), stateDir });
    expect(eventsIn(events).map((event) => event['RequestType'])).toEqual(['Create']);
  });
});

describe('a table that leaves the template', () => {
  const table = (DeletionPolicy: string): TemplateResource => ({
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'notes',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
    DeletionPolicy,
  });

  it.each([
    ['Delete', 'S/T (AWS::DynamoDB::Table) left the template and is deleted'],
    ['Retain', 'S/T (AWS::DynamoDB::Table) left the template and is retained'],
  ])('follows its deletion policy: %s', async (policy, line) => {
    const [stateDir, lines] = [newStateDir(), [] as string[]];
    await (await start({ assemblyDir: assembly({ T: table(policy) }), stateDir })).stop();
    await start({ assemblyDir: assembly({}), stateDir, onProgress: (each) => lines.push(each) });
    expect(lines).toContain(line);
  });
});
