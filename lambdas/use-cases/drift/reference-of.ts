import { digestOf } from '../../../core/canonical-json.ts';
import { predictionReference } from '../../../core/drift/prediction-reference.ts';
import { type ReferenceColumn, referenceColumns } from '../../../core/drift/reference-columns.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { ReferenceProfile } from '../../../core/training/reference-profile.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { within } from '../training/sealed-training-set.ts';

/**
 * The distribution of the rows that a release was trained on.
 *
 * @throws CorruptDataError when it is no longer what the release was made with
 */
export async function readProfile(
  objects: Pick<ObjectStore, 'get'>,
  { trainingSet }: Pick<ReleaseManifest, 'trainingSet'>,
): Promise<ReferenceProfile> {
  const location = within(trainingSet.uri, 'profile.json');
  const profile = jsonOf(await objects.get(location));
  if (digestOf(profile) === trainingSet.profileSha256) return profile as ReferenceProfile; // by the digest
  throw new CorruptDataError(`s3://${location.bucket}/${location.key} is not the profile that the release names`, {
    ...location,
    sha256: trainingSet.profileSha256,
  });
}

/** Null for a file that is no JSON, which has no release's digest. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

/** Inputs as the training rows had them, answers as the test rows got them. */
export function referenceOf(manifest: ReleaseManifest, profile: ReferenceProfile): readonly ReferenceColumn[] {
  const share = profile.rows === 0 ? 1 : (profile.effectiveRows ?? profile.rows) / profile.rows;
  return [...referenceColumns(profile), ...predictionReference(manifest.evaluation, share)];
}
