import type { TrainingSetResponse } from '../../../contracts/api/training-sets.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { storedTrainingSet, trainingSetPrefix } from './stored-training-set.ts';

const DOWNLOAD_SECONDS = 3_600;

export interface ReadTrainingSetDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'downloadUrl'>;
  readonly artifactBucket: string;
  readonly clock: Clock;
}

/** A training set with URLs for its files. @throws NotFoundError */
export async function readTrainingSet(
  { objects, artifactBucket: bucket, clock }: ReadTrainingSetDeps,
  trainingSetId: string,
): Promise<TrainingSetResponse> {
  if (!/^[0-9a-f]{64}$/.test(trainingSetId)) {
    throw new InvalidInputError(`"${trainingSetId}" is no training set id; it has 64 lower-case hexadecimal digits`, {
      trainingSetId,
    });
  }
  const stored = await storedTrainingSet(objects, bucket, trainingSetId);
  const prefix = trainingSetPrefix(trainingSetId);
  const expiresAt = new Date(clock.now().getTime() + DOWNLOAD_SECONDS * SECOND_MS).toISOString();
  const downloads = await Promise.all(
    stored.files.map(async ({ name, sha256, sizeBytes }) => {
      const url = await objects.downloadUrl({ bucket, key: `${prefix}${name}` }, DOWNLOAD_SECONDS);
      return { name, url, sha256, sizeBytes, expiresAt };
    }),
  );
  const uri = `s3://${bucket}/${prefix}`;
  return { trainingSetId, uri, rows: stored.entities.rows, trainingSet: { ...stored }, downloads };
}
