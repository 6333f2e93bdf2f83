import type { MapState } from './asl-schema.ts';
import { type Bindings, evaluate } from './evaluate.ts';

type NumberField = (field: number | string | undefined, name: string) => Promise<number | undefined>;

/** `$states.context.Map` of one item. */
export function mapContext(index: number, value: unknown): object {
  return { Item: { Index: index, Value: value, Source: 'STATE_DATA' } };
}

/**
 * What each run of a Map's processor is given: the item, or what ItemSelector makes of it, or with ItemBatcher
 * `{ Items, BatchInput? }`.
 */
export async function mapInputs(
  state: MapState,
  items: readonly unknown[],
  bindingsOfItem: (mapItem: unknown) => Bindings,
  number: NumberField,
): Promise<readonly unknown[]> {
  const selected: unknown[] = [];
  for (const [index, item] of items.entries()) {
    selected.push(
      state.ItemSelector === undefined
        ? item
        : await evaluate(state.ItemSelector, bindingsOfItem(mapContext(index, item)), 'ItemSelector'),
    );
  }
  const { ItemBatcher: batcher } = state;
  if (batcher === undefined) return selected;
  const maxItems = (await number(batcher.MaxItemsPerBatch, 'MaxItemsPerBatch')) ?? Number.POSITIVE_INFINITY;
  const maxBytes = (await number(batcher.MaxInputBytesPerBatch, 'MaxInputBytesPerBatch')) ?? 262_144;
  const batchInput =
    batcher.BatchInput === undefined
      ? {}
      : { BatchInput: await evaluate(batcher.BatchInput, bindingsOfItem(undefined), 'ItemBatcher/BatchInput') };
  return inBatches(selected, maxItems, maxBytes, Buffer.byteLength(JSON.stringify({ Items: [], ...batchInput }))).map(
    (batch) => ({ ...batchInput, Items: batch }),
  );
}

/** Fills each batch as far as both limits let; an item over the byte limit is a batch of its own. */
function inBatches(items: readonly unknown[], maxItems: number, maxBytes: number, frameBytes: number): unknown[][] {
  const batches: unknown[][] = [];
  let sizeBytes = 0;
  for (const item of items) {
    const itemBytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    const current = batches.at(-1);
    if (current !== undefined && current.length < maxItems && sizeBytes + itemBytes <= maxBytes) {
      current.push(item);
      sizeBytes += itemBytes;
    } else {
      batches.push([item]);
      sizeBytes = frameBytes + itemBytes;
    }
  }
  return batches;
}
