import type { AbandonBatchRequest } from '../../../contracts/batch-prediction.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { inputPrefix, outputPrefix, resultManifest, resultPrefix } from './batch-places.ts';

export interface AbandonBatchDeps {
  readonly objects: Pick<ObjectStore, 'head' | 'deleteAll'>;
  readonly artifactBucket: string;
}

/** Deletes what a failed run has left in the artifact bucket. Results that a manifest tells of are complete, and stay. */
export async function abandonBatch(
  { objects, artifactBucket: bucket }: AbandonBatchDeps,
  { scope }: AbandonBatchRequest,
): Promise<{ readonly kept: boolean }> {
  const kept = (await objects.head(resultManifest(bucket, scope))) !== null;
  for (const prefix of [inputPrefix(scope), outputPrefix(scope), ...(kept ? [] : [resultPrefix(scope)])]) {
    await objects.deleteAll(bucket, prefix);
  }
  return { kept };
}
