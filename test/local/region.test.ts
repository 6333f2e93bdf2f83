import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isRunning, type ProcessIdentity } from '../../local/state/process-identity.ts';
import { httpApi, lambdaRole, nodeFunction, writeAssembly } from './fixture-assembly.ts';
import { newStateDir, runningRegions } from './running-regions.ts';

const HANDLER = `
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
const db = new DynamoDBClient({ maxAttempts: 1 });
export const handler = async (event) => {
  const Key = { pk: { S: event.pathParameters.name } };
  try {
    if (event.requestContext.http.method === 'GET') {
      const { Item } = await db.send(new GetItemCommand({ TableName: process.env.TABLE, Key }));
      return { statusCode: Item ? 200 : 404, body: JSON.stringify({ value: Item?.value.S, user: event.requestContext.authorizer.iam.userArn }) };
    }
    await db.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { ...Key, value: { S: event.body } } }));
    return { statusCode: 204 };
  } catch (error) {
    return { statusCode: 500, body: JSON.stringify({ name: error.name, message: error.message }) };
  }
};
`;

function noteAssembly(actions: readonly string[] = ['dynamodb:GetItem', 'dynamodb:PutItem']): string {
  return writeAssembly({
    Data: {
      template: {
        Resources: {
          Notes: {
            Type: 'AWS::DynamoDB::GlobalTable',
            Properties: {
              AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
              BillingMode: 'PAY_PER_REQUEST',
              Replicas: [
                { Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
              ],
              TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
            },
            DeletionPolicy: 'Retain',
          },
        },
        Outputs: { TableName: { Value: { Ref: 'Notes' } }, TableArn: { Value: { 'Fn::GetAtt': ['Notes', 'Arn'] } } },
      },
    },
    Platform: {
      dependencies: ['Data'],
      assets: { notes: { 'index.mjs': HANDLER } },
      template: {
        Resources: {
          Function: nodeFunction('notes', 'Role', {
            Environment: {
              Variables: { TABLE: { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'TableName' } } },
            },
          }),
          Role: lambdaRole([
            {
              Effect: 'Allow',
              Action: actions,
              Resource: { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'TableArn' } },
            },
          ]),
          ...httpApi({ 'GET /notes/{name}': 'Function', 'PUT /notes/{name}': 'Function' }),
        },
      },
    },
  });
}

const { start } = runningRegions();

describe('a laptop region', () => {
  it('serves a request through the API, the function and the table, as the role of the template', async () => {
    const { apiUrl } = await start({ assemblyDir: noteAssembly() });
    expect((await fetch(`${apiUrl}/notes/a`)).status).toBe(404);
    expect((await fetch(`${apiUrl}/notes/a`, { method: 'PUT', body: 'hello' })).status).toBe(204);
    const read = await fetch(`${apiUrl}/notes/a`);
    expect(await read.json()).toEqual({ value: 'hello', user: 'arn:aws:iam::000000000000:root' });
  });

  it('refuses the call of a role whose permission was taken away', async () => {
    const { apiUrl } = await start({ assemblyDir: noteAssembly(['dynamodb:GetItem']) });
    const refused = await fetch(`${apiUrl}/notes/a`, { method: 'PUT', body: 'hello' });
    expect(await refused.json()).toEqual({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/Platform-Role-\w+\/local is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/Data-Notes-\w+ because no identity-based policy allows the dynamodb:PutItem action$/,
      ),
    });
  });

  it('keeps its data over a restart and drops it when started afresh', async () => {
    const assemblyDir = noteAssembly();
    const first = await start({ assemblyDir });
    const stateDir = newStateDir();
    const second = await start({ assemblyDir, stateDir });
    await fetch(`${second.apiUrl}/notes/a`, { method: 'PUT', body: 'kept' });
    expect((await fetch(`${first.apiUrl}/notes/a`)).status).toBe(404); // two regions side by side share nothing
    await second.stop();

    const again = await start({ assemblyDir, stateDir });
    expect((await fetch(`${again.apiUrl}/notes/a`)).status).toBe(200);
    await again.stop();
    const afresh = await start({ assemblyDir, stateDir, fresh: true });
    expect((await fetch(`${afresh.apiUrl}/notes/a`)).status).toBe(404);
  });

  it('refuses a state folder that a living region holds, and names its process', async () => {
    const assemblyDir = noteAssembly();
    const stateDir = newStateDir();
    await start({ assemblyDir, stateDir });
    await expect(start({ assemblyDir, stateDir })).rejects.toThrow(`is in use by the region of process ${process.pid}`);
  });

  it('leaves no process behind when it is stopped, nor when it is killed', async () => {
    const stateDir = newStateDir();
    const emulator = () =>
      JSON.parse(readFileSync(join(stateDir, 'dynamodb', 'process.json'), 'utf8')) as ProcessIdentity;
    const region = await start({ assemblyDir: noteAssembly(), stateDir });
    const first = emulator();
    expect(isRunning(first)).toBe(true);
    await region.stop();
    expect(isRunning(first)).toBe(false);

    const script = fileURLToPath(new URL('region-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, noteAssembly(), stateDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const second = emulator();
    expect(isRunning(second)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => isRunning(second), { timeout: 10_000 }).toBe(false);
    await start({ assemblyDir: noteAssembly(), stateDir }); // the dead region's lock is no obstacle
  });

  it('names the port that is taken and the option to change it', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) =>
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port)),
    );
    try {
      await expect(start({ assemblyDir: noteAssembly(), apiPort: port })).rejects.toThrow(
        `port ${port} for the HTTP API is in use on 127.0.0.1; choose another with --port`,
      );
    } finally {
      holder.close();
    }
  });

  it('stops at a resource type it has no stand-in for', async () => {
    const assemblyDir = writeAssembly({
      Odd: { template: { Resources: { Pipe: { Type: 'AWS::Pipes::Pipe', Properties: {} } } } },
    });
    await expect(start({ assemblyDir })).rejects.toThrow(
      'stack Odd: the laptop region has no stand-in for Pipe (AWS::Pipes::Pipe)',
    );
  });
});
