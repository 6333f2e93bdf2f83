import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Checkpoint } from '../../../core/audit/checkpoint.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { CheckpointLog } from '../../ports/checkpoint-log.ts';
import { answerOf } from './aws-failure.ts';
import { isOvertaken } from './is-overtaken.ts';
import { type Item, jsonOf } from './registry-items.ts';

const ATTRIBUTE = 'checkpoint';
/** Comes after every position. */
const NEWEST = 'NEWEST';

/**
 * Items of the registry under a partition of their own, so that who signs a chain cannot write it: `CHECKPOINT#<model>`
 * with the position of each, and `NEWEST`, the last one again.
 */
export function dynamoCheckpointLog(dynamo: DynamoDBClient, table: string): CheckpointLog {
  const keyOf = (model: string, sk: string): Item => ({ pk: { S: `CHECKPOINT#${model}` }, sk: { S: sk } });
  const item = (checkpoint: Checkpoint, sk: string): Item => ({
    ...keyOf(checkpoint.model, sk),
    position: { N: String(checkpoint.position) },
    [ATTRIBUTE]: { S: canonicalJson(checkpoint) },
  });

  return {
    async newest(model) {
      const command = new GetItemCommand({
        TableName: table,
        Key: keyOf(model, NEWEST),
        ConsistentRead: true,
      });
      const { Item: found } = await answerOf(`DynamoDB GetItem of the checkpoints of ${model}`, dynamo.send(command));
      return found === undefined ? null : jsonOf<Checkpoint>(found, ATTRIBUTE);
    },

    async all(model) {
      const query = {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk < :newest',
        ExpressionAttributeValues: { ':pk': { S: `CHECKPOINT#${model}` }, ':newest': { S: NEWEST } },
      };
      const read = async () => {
        const found: Checkpoint[] = [];
        for await (const page of paginateQuery({ client: dynamo }, query)) {
          found.push(...(page.Items ?? []).map((one) => jsonOf<Checkpoint>(one, ATTRIBUTE)));
        }
        return found;
      };
      return answerOf(`DynamoDB Query of the checkpoints of ${model}`, read());
    },

    async add(checkpoint) {
      const { position, previousPosition } = checkpoint;
      const isNewest =
        previousPosition === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#position = :previous',
              ExpressionAttributeNames: { '#position': 'position' },
              ExpressionAttributeValues: { ':previous': { N: String(previousPosition) } },
            };
      const sk = String(position).padStart(12, '0');
      const puts = [
        { Put: { TableName: table, Item: item(checkpoint, NEWEST), ...isNewest } },
        { Put: { TableName: table, Item: item(checkpoint, sk) } },
      ];
      try {
        await dynamo.send(new TransactWriteItemsCommand({ TransactItems: puts }));
        return true;
      } catch (error) {
        if (isOvertaken(error)) return false;
        return answerOf(`DynamoDB write of a checkpoint of ${checkpoint.model}`, Promise.reject(error));
      }
    },
  };
}
