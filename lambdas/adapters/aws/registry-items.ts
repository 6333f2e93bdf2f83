import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { CorruptDataError } from '../../../core/errors.ts';
import type { Route } from '../../../core/release/route.ts';

/** How the registry table spells models; shared by the registry and by the one read of a prediction. */
export type Item = Record<string, AttributeValue>;

export function modelKey(model: string, sk: string): Item {
  return { pk: { S: `MODEL#${model}` }, sk: { S: sk } };
}

export function routeItemKey(model: string): Item {
  return modelKey(model, 'ROUTE');
}

export function routeOf(item: Item | undefined): Route | null {
  return item === undefined ? null : jsonOf<Route>(item, 'route');
}

/** A document that an adapter wrote as JSON text. */
export function jsonOf<T>(item: Item, attribute: string): T {
  const text = item[attribute]?.S;
  if (text === undefined) {
    throw new CorruptDataError(`registry item ${item['pk']?.S} ${item['sk']?.S} lacks "${attribute}"`, { attribute });
  }
  return JSON.parse(text) as T; // the only writers are the adapters of this folder
}
