import { InvalidInputError } from '../errors.ts';

/** DynamoDB's limit of 409,600 bytes, less the largest key and the times. */
const MAX_ONLINE_VALUES_BYTES = 400_000;

/** @throws InvalidInputError for an item that is larger than the online store holds */
export function refuseLargeItem(item: {
  readonly view: string;
  readonly entity: string;
  readonly key: readonly (string | number)[];
  readonly values: Uint8Array;
}): void {
  const sizeBytes = item.values.byteLength;
  if (sizeBytes <= MAX_ONLINE_VALUES_BYTES) return;
  const whose = `${item.entity} ${JSON.stringify(item.key).slice(0, 100)}`;
  throw new InvalidInputError(
    `the values of view ${item.view} for ${whose} take ${sizeBytes} bytes, online at most ${MAX_ONLINE_VALUES_BYTES}; ` +
      'leave long texts out of the view or shorten them with substr()',
    { view: item.view, sizeBytes, allowedBytes: MAX_ONLINE_VALUES_BYTES },
  );
}
