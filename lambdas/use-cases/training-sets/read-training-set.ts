import type { TrainingSetResponse } from '../../../contracts/api/training-sets.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type DownloadsDeps, downloadsOf } from './downloads-of.ts';
import { storedTrainingSet, trainingSetPrefix } from './stored-training-set.ts';

export interface ReadTrainingSetDeps extends DownloadsDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'downloadUrl'>;
  readonly artifactBucket: string;
}

/** A training set with URLs for its files. @throws NotFoundError */
export async function readTrainingSet(deps: ReadTrainingSetDeps, trainingSetId: string): Promise<TrainingSetResponse> {
  if (!/^[0-9a-f]{64}$/.test(trainingSetId)) {
    throw new InvalidInputError(`"${trainingSetId}" is no training set id; it has 64 lower-case hexadecimal digits`, {
      trainingSetId,
    });
  }
  const { objects, artifactBucket: bucket } = deps;
  const stored = await storedTrainingSet(objects, bucket, trainingSetId);
  const prefix = trainingSetPrefix(trainingSetId);
  const downloads = await downloadsOf(deps, { bucket, prefix }, stored.files);
  const uri = `s3://${bucket}/${prefix}`;
  return { trainingSetId, uri, rows: stored.entities.rows, trainingSet: { ...stored }, downloads };
}
