import type { PlannedTrainingSet, StoredTrainingSet } from '../../../contracts/training-set-flow.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { CorruptDataError, NotFoundError } from '../../../core/errors.ts';
import { type ObjectLocation, ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';

/** Prefix of a training set's files. Model names are shorter than an id, so it is never that of a model's sets. */
export function trainingSetPrefix(trainingSetId: string): string {
  return `training-set/${trainingSetId}/`;
}

export function trainingSetManifest(artifactBucket: string, trainingSetId: string): ObjectLocation {
  return { bucket: artifactBucket, key: `${trainingSetPrefix(trainingSetId)}training-set.json` };
}

/** @throws NotFoundError, and CorruptDataError when it is not what its id says */
export async function storedTrainingSet(
  objects: Pick<ObjectStore, 'get'>,
  artifactBucket: string,
  trainingSetId: string,
): Promise<StoredTrainingSet> {
  const location = trainingSetManifest(artifactBucket, trainingSetId);
  const bytes = await objects.get(location).catch((error: unknown) => {
    if (error instanceof ObjectNotFoundError) throw new NotFoundError('training set', trainingSetId, null);
    throw error;
  });
  const stored = JSON.parse(new TextDecoder().decode(bytes)) as StoredTrainingSet; // its digest is checked below
  if (digestOf(stored) === trainingSetId) return stored;
  throw new CorruptDataError(`s3://${location.bucket}/${location.key} is not what its id says`, { trainingSetId });
}

/** Files of one execution while it is under way; `name` is that of the plan or of a part. */
export function scratchKey(joinId: string, name: string): string {
  return `training-set-part/${joinId}/${name}`;
}

/** What a join of features to labels or entities wrote, by the 32 hexadecimal digits that name it. */
export function joinPrefix(joinId: string): string {
  return `training-join/${joinId}/`;
}

export function plannedLocation(offlineBucket: string, joinId: string): ObjectLocation {
  return { bucket: offlineBucket, key: scratchKey(joinId, 'plan.json') };
}

export async function plannedTrainingSet(
  objects: Pick<ObjectStore, 'get'>,
  offlineBucket: string,
  joinId: string,
): Promise<PlannedTrainingSet> {
  const bytes = await objects.get(plannedLocation(offlineBucket, joinId));
  return JSON.parse(new TextDecoder().decode(bytes)) as PlannedTrainingSet; // written by planTrainingSet alone
}
