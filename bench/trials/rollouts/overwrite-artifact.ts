import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ReleaseResponse } from '../../../contracts/api/catalog.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { parseS3Uri } from '../../../core/release/s3-uri.ts';
import type { RunningRegion } from '../../../local/region.ts';
import { asked } from '../../../test/e2e/api.ts';

/** Puts other bytes where the artifact of a release lies, as somebody with the keys to the bucket could. */
export async function overwriteArtifact(region: RunningRegion, releaseId: string): Promise<void> {
  const { manifest } = await asked<ReleaseResponse>(region.apiUrl, `/v1/releases/${releaseId}`);
  const { bucket, key } = parseS3Uri((manifest as unknown as ReleaseManifest).artifact.uri); // by its schema
  const s3 = new S3Client({
    endpoint: region.endpointUrl,
    region: region.regionName,
    credentials: region.credentials,
    forcePathStyle: true,
  });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'something else' }));
  s3.destroy();
}
