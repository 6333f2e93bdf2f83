import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { canonicalJson } from '../../core/canonical-json.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { dynamoOnlineStore } from '../../lambdas/adapters/aws/dynamo-online-store.ts';
import { systemClock } from '../../lambdas/adapters/system/system-clock.ts';
import { bundleFunctions } from '../../lib/bundling/bundle-functions.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { FEATURES_PER_VIEW, featureValue, VIEWS, wideDefinitions } from './wide-definitions.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TABLE = 'bench-online';
const AWS = {
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
};

/** Something that answers POST /get-online-features from the emulator. */
export interface Contender {
  readonly name: string;
  /** Writes the values, through the contender's own code. */
  prepare(endpoint: string, entities: number): Promise<void>;
  serve(endpoint: string): Promise<ServerProcess>;
}

/** The bundled Lambda handler behind an HTTP server that does nothing else. */
export function headgate(dir: string): Contender {
  const definitions = wideDefinitions();
  return {
    name: 'Headgate',
    async prepare(endpoint, entities) {
      const credentials = { accessKeyId: AWS.AWS_ACCESS_KEY_ID, secretAccessKey: AWS.AWS_SECRET_ACCESS_KEY };
      const dynamo = new DynamoDBClient({ endpoint, region: AWS.AWS_REGION, credentials });
      await dynamo.send(
        new CreateTableCommand({
          TableName: TABLE,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['pk', 'sk'].map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
        }),
      );
      const store = dynamoOnlineStore({
        dynamo,
        onlineTable: TABLE,
        registryTable: null,
        clock: systemClock,
        random: Math.random,
        metrics: { put: () => {} },
      });
      const nowMs = Date.now();
      for (let view = 0; view < VIEWS; view++) {
        const { version, view: of, entity } = resolveView(definitions, `view_${view}`);
        const values = (id: number) => of.features.map((_, feature) => featureValue(id, view, feature));
        const itemOf = (id: number) => ({
          entity: entity.name,
          key: [id],
          view: of.name,
          version,
          values: packRow(of.features, values(id)),
          eventTimeMs: nowMs,
          knownAtMs: nowMs,
          expiresAtMs: null,
        });
        await store.write(Array.from({ length: entities }, (_, id) => itemOf(id)));
      }
      dynamo.destroy();
    },
    async serve(endpoint) {
      const definitionsJson = canonicalJson(definitions);
      const bundles = await bundleFunctions({ rootDir: ROOT, cacheDir: join(dir, 'bundles'), definitionsJson });
      const index = join(bundles['serving/get-online-features'].dir, 'index.mjs');
      return startServer({
        command: (port) => [process.execPath, join(import.meta.dirname, 'function-server.ts'), index, String(port)],
        env: {
          ...AWS,
          AWS_ENDPOINT_URL: endpoint,
          ONLINE_TABLE: TABLE,
          REGISTRY_TABLE: 'bench-registry',
          HEADGATE_STAGE: 'dev',
          HEADGATE_VERSION: 'bench',
          POWERTOOLS_LOG_LEVEL: 'WARN',
        },
        path: '/get-online-features',
      });
    },
  };
}

/** Feast's Python feature server over its DynamoDB online store. */
export function feast(dir: string, python: string): Contender {
  const repo = join(dir, 'feast');
  const referee = join(ROOT, 'bench/referee/feast_server.py');
  const env = { ...AWS, FEAST_USAGE: 'False' };
  return {
    name: 'Feast (Python)',
    async prepare(endpoint, entities) {
      await mkdir(repo, { recursive: true });
      const args = [referee, 'prepare', repo, endpoint, entities, VIEWS, FEATURES_PER_VIEW].map(String);
      const stdio = ['ignore', 2, 2] as const; // the table alone goes to standard output
      const child = spawn(python, args, { cwd: repo, env: { ...process.env, ...env }, stdio: [...stdio] });
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`feast could not be prepared: it ended with ${code}`);
    },
    serve: (endpoint) =>
      startServer({
        command: (port) => [python, referee, 'serve', repo, endpoint, String(port)],
        env,
        path: '/get-online-features',
      }),
  };
}
