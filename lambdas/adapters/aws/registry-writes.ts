import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { Item } from './registry-items.ts';

type Condition = Pick<
  NonNullable<TransactWriteItem['Put']>,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

export const isNew: Condition = { ConditionExpression: 'attribute_not_exists(pk)' };

/** The document is the one that was read, to the letter. */
export function unchanged(attribute: string, seen: unknown): Condition {
  return {
    ConditionExpression: '#a = :seen',
    ExpressionAttributeNames: { '#a': attribute },
    ExpressionAttributeValues: { ':seen': { S: canonicalJson(seen) } },
  };
}

export function put(table: string, item: Item, condition: Condition = {}): TransactWriteItem {
  return { Put: { TableName: table, Item: item, ...condition } };
}

/** An item that holds a document as canonical JSON. */
export function document(key: Item, attribute: string, value: unknown): Item {
  return { ...key, [attribute]: { S: canonicalJson(value) } };
}

/** Says whose release or rollout an id is. */
export function ownerItem(kind: 'RELEASE' | 'ROLLOUT', id: string, model: string): Item {
  return { pk: { S: `${kind}#${id}` }, sk: { S: 'MODEL' }, model: { S: model } };
}
