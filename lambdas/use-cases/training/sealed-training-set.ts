import type { SealedTrainingSet } from '../../../contracts/training-flow.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import { parseS3Uri } from '../../../core/release/s3-uri.ts';
import type { ObjectLocation, ObjectStore } from '../../ports/object-store.ts';

/** Reads what sealing wrote beside the rows; the state machine hands on only where it lies. */
export async function readSealed(objects: Pick<ObjectStore, 'get'>, uri: string): Promise<SealedTrainingSet> {
  const text = new TextDecoder().decode(await objects.get(within(uri, 'training-set.json')));
  return JSON.parse(text) as SealedTrainingSet; // written whole by sealTrainingSet, under a prefix that is never written again
}

/** One number per line; an empty last line counts for nothing. */
export async function readNumbers(objects: Pick<ObjectStore, 'get'>, location: ObjectLocation): Promise<number[]> {
  const text = new TextDecoder().decode(await objects.get(location)).trimEnd();
  const numbers = text === '' ? [] : text.split('\n').map(Number);
  const bad = numbers.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new CorruptDataError(`line ${bad + 1} of s3://${location.bucket}/${location.key} is not a finite number`, {
      ...location,
    });
  }
  return numbers;
}

/** An object below a prefix written `s3://bucket/prefix/`. */
export function within(uri: string, name: string): ObjectLocation {
  return parseS3Uri(`${uri}${name}`);
}
