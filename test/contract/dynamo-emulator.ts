import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startEmulator } from '../../local/services/dynamodb/emulator-process.ts';
import { findEmulatorBinary } from '../../local/services/dynamodb/find-emulator.ts';

export interface DynamoEmulator {
  readonly dynamo: DynamoDBClient;
  /** A new table with the key `pk`, `sk`; answers its name. */
  table(): Promise<string>;
  stop(): Promise<void>;
}

/** The emulator over a folder of its own. */
export async function dynamoEmulator(): Promise<DynamoEmulator> {
  const dir = mkdtempSync(join(tmpdir(), 'headgate-dynamo-'));
  const emulator = await startEmulator({
    binary: findEmulatorBinary(),
    dir,
    logFile: join(dir, 'emulator.log'),
    onCrash: (message) => console.error(message),
  });
  const dynamo = new DynamoDBClient({
    endpoint: emulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  let tables = 0;
  return {
    dynamo,
    async table() {
      const TableName = `table-${++tables}`;
      await dynamo.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
        }),
      );
      return TableName;
    },
    async stop() {
      dynamo.destroy();
      await emulator.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
