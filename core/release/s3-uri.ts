import { InvalidInputError } from '../errors.ts';

/**
 * Bucket and key of `s3://bucket/key`.
 *
 * Refuses whatever could mean another place than it seems: other schemes, `..`, back slashes, percent signs, queries,
 * fragments and control characters.
 *
 * @throws InvalidInputError
 * @example
 * parseS3Uri('s3://models/a/model.tar.gz'); // => { bucket: 'models', key: 'a/model.tar.gz' }
 */
export function parseS3Uri(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([\w!().*'/=+@,: -]+)$/.exec(uri);
  const [, bucket, key] = match ?? [];
  if (bucket === undefined || key === undefined || key.split('/').includes('..')) {
    throw new InvalidInputError(
      `not an S3 location: ${JSON.stringify(uri)}; allowed is s3://bucket/key with a key of letters, digits and !().*'/=+@,:_- and no ".." part`,
    );
  }
  return { bucket, key };
}
