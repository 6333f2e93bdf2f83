import { DeleteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvalidInputError } from '../../../core/errors.ts';
import { MAX_VERSIONS_PER_SWEEP, type OnlineSweep } from '../../ports/online-sweep.ts';
import { answerOf } from './aws-failure.ts';
import { inParallel } from './in-parallel.ts';
import type { Item } from './registry-items.ts';

const PARALLEL_DELETES = 16;

/**
 * Reads the table a page at a time, because nothing lists the keys of a version: one pass takes out any number of them.
 * Half a read unit for each 4 kB of the table, some cents for ten million items.
 */
export function dynamoOnlineSweep(dynamo: DynamoDBClient, onlineTable: string): OnlineSweep {
  return {
    async sweep(versions, cursor) {
      if (versions.length === 0 || versions.length > MAX_VERSIONS_PER_SWEEP) {
        throw new InvalidInputError(`a sweep takes 1 to ${MAX_VERSIONS_PER_SWEEP} versions, given ${versions.length}`);
      }
      const names = versions.map((version, i) => [`:v${i}`, { S: version }] as const);
      const scan = new ScanCommand({
        TableName: onlineTable,
        ProjectionExpression: 'pk, sk',
        FilterExpression: `sk IN (${names.map(([name]) => name).join(', ')})`,
        ExpressionAttributeValues: Object.fromEntries(names),
        ...(cursor !== null && { ExclusiveStartKey: JSON.parse(cursor) as Item }), // written below
      });
      const page = await answerOf('DynamoDB Scan of online items', dynamo.send(scan));
      const keys = page.Items ?? [];
      await inParallel(keys, PARALLEL_DELETES, async (Key) => {
        const command = new DeleteItemCommand({ TableName: onlineTable, Key });
        await answerOf('DynamoDB DeleteItem of an online item', dynamo.send(command));
      });
      const { LastEvaluatedKey: last } = page;
      return { cursor: last === undefined ? null : JSON.stringify(last), deleted: keys.length };
    },
  };
}
