import type { FirehoseClient } from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTCOME_LOG_COLUMNS, PREDICTION_LOG_COLUMNS } from '../../contracts/prediction-log.ts';
import { dynamoCheckpointLog } from '../../lambdas/adapters/aws/dynamo-checkpoint-log.ts';
import { dynamoModelRegistry } from '../../lambdas/adapters/aws/dynamo-model-registry.ts';
import { dynamoOnlineStore } from '../../lambdas/adapters/aws/dynamo-online-store.ts';
import { dynamoPredictionLedger } from '../../lambdas/adapters/aws/dynamo-prediction-ledger.ts';
import { dynamoQualityLog } from '../../lambdas/adapters/aws/dynamo-quality-log.ts';
import { dynamoRetrainingLog } from '../../lambdas/adapters/aws/dynamo-retraining-log.ts';
import { dynamoTableLog } from '../../lambdas/adapters/aws/dynamo-table-log.ts';
import { dynamoVersionRegistry } from '../../lambdas/adapters/aws/dynamo-version-registry.ts';
import { systemClock } from '../../lambdas/adapters/system/system-clock.ts';
import { memoryMetrics } from '../memory/memory-metrics.ts';
import { checkpointLogContract } from './checkpoint-log.contract.ts';
import { type DynamoEmulator, dynamoEmulator } from './dynamo-emulator.ts';
import { modelRegistryContract } from './model-registry.contract.ts';
import { onlineStoreContract } from './online-store.contract.ts';
import { predictionLedgerContract } from './prediction-ledger.contract.ts';
import { qualityLogContract } from './quality-log.contract.ts';
import { retrainingLogContract } from './retraining-log.contract.ts';
import { rolloutRegistryContract } from './rollout-registry.contract.ts';
import { tableLogContract } from './table-log.contract.ts';
import { versionRegistryContract } from './version-registry.contract.ts';

const emulatorRuns = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!emulatorRuns)('against the DynamoDB emulator (linux x64 only)', () => {
  let emulator: DynamoEmulator;
  /** Lines that were put on delivery streams. */
  const lines: string[] = [];
  // the ledger calls `send` with PutRecord alone; delivery has its own tests in the laptop region
  const firehose = {
    send: async ({ input }: { input: { Record: { Data: Uint8Array } } }) =>
      void lines.push(new TextDecoder().decode(input.Record.Data)),
  } as unknown as FirehoseClient;

  beforeAll(async () => {
    emulator = await dynamoEmulator();
  });
  afterAll(() => emulator.stop());

  tableLogContract('DynamoDB', async (clock) => dynamoTableLog(emulator.dynamo, await emulator.table(), clock));
  versionRegistryContract('DynamoDB', async () => dynamoVersionRegistry(emulator.dynamo, await emulator.table()));
  qualityLogContract('DynamoDB', async () => dynamoQualityLog(emulator.dynamo, await emulator.table()));
  checkpointLogContract('DynamoDB', async () => dynamoCheckpointLog(emulator.dynamo, await emulator.table()));
  modelRegistryContract('DynamoDB', async () => dynamoModelRegistry(emulator.dynamo, await emulator.table()));
  rolloutRegistryContract('DynamoDB', async (clock) =>
    dynamoModelRegistry(emulator.dynamo, await emulator.table(), clock),
  );
  retrainingLogContract('DynamoDB', async () => {
    const table = await emulator.table();
    return { log: dynamoRetrainingLog(emulator.dynamo, table), registry: dynamoModelRegistry(emulator.dynamo, table) };
  });
  onlineStoreContract('DynamoDB', async () => makeOnlineStore(await emulator.table()));
  predictionLedgerContract('DynamoDB', async (clock) =>
    dynamoPredictionLedger({
      dynamo: emulator.dynamo,
      table: await emulator.table(),
      firehose,
      predictionStream: 'predictions',
      outcomeStream: 'outcomes',
      clock,
    }),
  );

  function makeOnlineStore(table: string, registryTable = table) {
    const { dynamo } = emulator;
    const props = { dynamo, onlineTable: table, registryTable, clock: systemClock, random: () => 0.5 };
    return dynamoOnlineStore({ ...props, metrics: memoryMetrics() });
  }

  it('reads the route that the registry wrote in the same request as the features', async () => {
    const registryTable = await emulator.table();
    const registry = dynamoModelRegistry(emulator.dynamo, registryTable);
    const hosting = { name: 'churn', endpointName: 'e', executionRoleArn: 'r', modelPackageGroup: 'g', image: 'i' };
    await registry.registerModel(hosting, { action: 'a', actor: 'b', at: '2026-03-01T12:00:00.000Z', detail: {} });
    const online = makeOnlineStore(await emulator.table(), registryTable);
    const key = { entity: 'customer', key: ['c1'], view: 'v', version: 'aaaaaaaaaaaa' };
    const { items, routes } = await online.read([key], ['churn', 'nobody']);
    expect(items).toEqual([null]);
    expect(routes).toEqual([
      { model: 'churn', endpointName: 'e', champion: null, challenger: null, shadow: null, epoch: 0 },
      null,
    ]);
  });

  it('puts one line per prediction and per new outcome on the delivery streams', () => {
    expect(lines.length).toBeGreaterThan(5);
    const declared = [PREDICTION_LOG_COLUMNS, OUTCOME_LOG_COLUMNS].map((columns) => Object.keys(columns).sort());
    const written = lines.map((line): Record<string, unknown> => JSON.parse(line));
    for (const line of written) expect(declared).toContainEqual(Object.keys(line).sort());
    expect(written.filter(({ error }) => error === 'ModelFailedError')).toMatchObject([{ score: null }]);
  });
});
