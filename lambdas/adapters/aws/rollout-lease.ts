import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Lease } from '../../../core/rollout/lease.ts';
import { type Item, modelKey } from './registry-items.ts';

export function leaseKey(model: string): Item {
  return modelKey(model, 'LEASE');
}

/** One that was given back names nobody. */
export function leaseOf(item: Item | null): Lease {
  return {
    rolloutId: item?.['rolloutId']?.S || null,
    fence: Number(item?.['fence']?.N ?? 0),
    renewedAtMs: Number(item?.['renewedAtMs']?.N ?? 0),
  };
}

export function leaseItem(model: string, { rolloutId, fence, renewedAtMs }: Lease): Item {
  return {
    ...leaseKey(model),
    rolloutId: { S: rolloutId ?? '' },
    fence: { N: String(fence) },
    renewedAtMs: { N: String(renewedAtMs) },
  };
}

/** Writes a lease over the one that was read. */
export function leaseWrite(table: string, model: string, seen: Lease, next: Lease): TransactWriteItem {
  const condition = seen.fence === 0 ? { ConditionExpression: 'attribute_not_exists(pk)' } : isAsSeen(seen);
  return { Put: { TableName: table, Item: leaseItem(model, next), ...condition } };
}

/** Nobody has taken the lease since it was read; it stays as it is. */
export function leaseCheck(table: string, model: string, seen: Lease): TransactWriteItem {
  return { ConditionCheck: { TableName: table, Key: leaseKey(model), ...isAsSeen(seen) } };
}

/** The renewal is no part of it: a leader that shows it is alive must not overtake itself. */
export function isAsSeen(seen: Lease) {
  return {
    ConditionExpression: 'rolloutId = :holder AND fence = :fence',
    ExpressionAttributeValues: { ':holder': { S: seen.rolloutId ?? '' }, ':fence': { N: String(seen.fence) } },
  };
}
