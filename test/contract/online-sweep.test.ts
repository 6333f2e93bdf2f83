import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoOnlineSweep } from '../../lambdas/adapters/aws/dynamo-online-sweep.ts';
import { type DynamoEmulator, dynamoEmulator } from './dynamo-emulator.ts';

const emulatorRuns = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!emulatorRuns)('OnlineSweep: DynamoDB (linux x64 only)', () => {
  let emulator: DynamoEmulator;
  beforeAll(async () => {
    emulator = await dynamoEmulator();
  });
  afterAll(() => emulator.stop());

  it('deletes every item of the versions named and none of another, over more than one page', async () => {
    const { dynamo } = emulator;
    const table = await emulator.table();
    const large = 'x'.repeat(150_000); // a page of a scan is a megabyte
    for (let entity = 0; entity < 6; entity++) {
      for (const version of ['spend@old', 'spend@new', 'last@old']) {
        const Item = { pk: { S: `["customer",${entity}]` }, sk: { S: version }, v: { S: large } };
        await dynamo.send(new PutItemCommand({ TableName: table, Item }));
      }
    }
    const sweep = dynamoOnlineSweep(dynamo, table);
    const parts: number[] = [];
    let cursor: string | null = null;
    do {
      const part = await sweep.sweep(['spend@old', 'last@old'], cursor);
      parts.push(part.deleted);
      cursor = part.cursor;
    } while (cursor !== null);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.reduce((sum, n) => sum + n, 0)).toBe(12);
    const left = await dynamo.send(new ScanCommand({ TableName: table, ProjectionExpression: 'pk, sk' }));
    expect(left.Items?.map(({ sk }) => sk?.S)).toEqual(Array(6).fill('spend@new'));
    expect(await sweep.sweep(['spend@old'], null)).toMatchObject({ deleted: 0 });
    await expect(sweep.sweep([], null)).rejects.toThrow(/1 to 100 versions, given 0/);
  });
});
