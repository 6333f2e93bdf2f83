import { constantModel } from '../core/trees/constant-model.ts';
import { writeXgboostModel } from '../core/trees/write-xgboost-model.ts';
import { tarModelArchive } from '../lambdas/adapters/files/tar-model-archive.ts';

/** `model.tar.gz` of a model that takes rows of `featureCount` columns and answers one probability for all of them. */
export function packedModel(featureCount: number, probability = 0.5): Promise<Uint8Array> {
  const text = writeXgboostModel(constantModel(probability, featureCount));
  return tarModelArchive.pack({ 'xgboost-model': new TextEncoder().encode(text) });
}
