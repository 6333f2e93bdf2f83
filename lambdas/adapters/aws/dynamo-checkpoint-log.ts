import { type DynamoDBClient, GetItemCommand, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Checkpoint } from '../../../core/audit/checkpoint.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { CheckpointLog } from '../../ports/checkpoint-log.ts';
import { answerOf } from './aws-failure.ts';
import { isOvertaken } from './is-overtaken.ts';
import { type Item, jsonOf } from './registry-items.ts';

const ATTRIBUTE = 'checkpoint';
const NEWEST = 'NEWEST';
const POSITION_DIGITS = 12;
const LAST = '9'.repeat(POSITION_DIGITS);

/** Sorts as the positions do. */
function positionKey(position: number): string {
  return String(position).padStart(POSITION_DIGITS, '0');
}

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

    async list(model, from, limit) {
      const found: Checkpoint[] = [];
      let start: Item | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :last',
          ExpressionAttributeValues: {
            ':pk': { S: `CHECKPOINT#${model}` },
            ':from': { S: positionKey(from) },
            ':last': { S: LAST },
          },
          Limit: limit - found.length,
          ExclusiveStartKey: start,
        });
        const page = await answerOf(`DynamoDB Query of the checkpoints of ${model}`, dynamo.send(command));
        found.push(...(page.Items ?? []).map((one) => jsonOf<Checkpoint>(one, ATTRIBUTE)));
        start = page.LastEvaluatedKey;
      } while (start !== undefined && found.length < limit);
      return found;
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
      const puts = [
        { Put: { TableName: table, Item: item(checkpoint, NEWEST), ...isNewest } },
        { Put: { TableName: table, Item: item(checkpoint, positionKey(position)) } },
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
