import type { SealedTrainingSet } from '../../../contracts/training-flow.ts';
import { type Sha256, sha256Hex } from '../../../core/canonical-json.ts';
import { PlatformError } from '../../../core/errors.ts';
import { ArtifactChangedError } from '../../../core/release/artifact-changed-error.ts';
import { artifactProblem } from '../../../core/release/artifact-problem.ts';
import { parseS3Uri } from '../../../core/release/s3-uri.ts';
import type { ModelArchive } from '../../ports/model-archive.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

export interface TrainedArtifactDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'putIfAbsent'>;
  readonly archive: Pick<ModelArchive, 'unpack'>;
  readonly artifactBucket: string;
}

/** An artifact under a key that says what it is. */
export interface KeptArtifact {
  readonly uri: string;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
}

/** What the training job wrote is not the model that was to be trained, so it becomes no release. */
export class UnfitArtifactError extends PlatformError {
  constructor(uri: string, problem: string) {
    super('UnfitArtifactError', 'corrupt-data', `artifact ${uri} ${problem}; it becomes no release, train again`, {
      uri,
      problem,
    });
  }
}

/**
 * Checks what a training job wrote and keeps a copy of it under its own digest, out of reach of the role that jobs and
 * containers run as: the copy is what is scored, released and served, whatever becomes of the job's output.
 *
 * @throws UnfitArtifactError, CorruptDataError for an archive or a model that cannot be read
 */
export async function keepArtifact(
  deps: TrainedArtifactDeps,
  uri: string,
  { model, inputs }: Pick<SealedTrainingSet, 'model' | 'inputs'>,
): Promise<KeptArtifact> {
  const body = await deps.objects.get(parseS3Uri(uri));
  const files = await deps.archive.unpack(body);
  const problem = artifactProblem(files, model, inputs.length, (bytes) => new TextDecoder().decode(bytes));
  if (problem !== null) throw new UnfitArtifactError(uri, problem);
  const sha256 = sha256Hex(body);
  const key = `model/${model.name}/${sha256}/model.tar.gz`;
  await deps.objects.putIfAbsent({ bucket: deps.artifactBucket, key }, body, 'application/gzip');
  const kept = { uri: `s3://${deps.artifactBucket}/${key}`, sha256, sizeBytes: body.byteLength };
  await assertUnchanged(deps.objects, kept);
  return kept;
}

/** @throws ArtifactChangedError when other bytes lie there */
export async function assertUnchanged(
  objects: Pick<ObjectStore, 'get'>,
  { uri, sha256 }: Pick<KeptArtifact, 'uri' | 'sha256'>,
): Promise<void> {
  const found = sha256Hex(await objects.get(parseS3Uri(uri)));
  if (found !== sha256) throw new ArtifactChangedError(uri, sha256, found);
}
