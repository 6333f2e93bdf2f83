import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type Item, modelKey } from './registry-items.ts';

/** A hold that was released stays as an item without one. */
export function holdKey(model: string): Item {
  return modelKey(model, 'HOLD');
}

export const NOT_HELD = {
  ConditionExpression: 'attribute_not_exists(#hold)',
  ExpressionAttributeNames: { '#hold': 'hold' },
};

/** Part of a transaction that is written only while nobody holds the model. */
export function isNotHeld(table: string, model: string): TransactWriteItem {
  return { ConditionCheck: { TableName: table, Key: holdKey(model), ...NOT_HELD } };
}

export async function isHeld(get: (key: Item) => Promise<Item | null>, model: string): Promise<boolean> {
  return (await get(holdKey(model)))?.['hold']?.S !== undefined;
}
