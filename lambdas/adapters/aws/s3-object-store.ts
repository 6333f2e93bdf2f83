import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { UnavailableError } from '../../../core/errors.ts';
import { type ObjectFacts, ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';
import { answerOf, isNamed } from './aws-failure.ts';
import { s3Documents, s3Location, uriOf } from './s3-documents.ts';

/** As many as S3 lists, or deletes, at once. */
const PAGE_KEYS = 1_000;

export function s3ObjectStore(s3: S3Client): ObjectStore {
  const list = async (bucket: string, prefix: string, most = Number.POSITIVE_INFINITY): Promise<ObjectFacts[]> => {
    const found: ObjectFacts[] = [];
    let token: string | undefined;
    do {
      const input = {
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: Math.min(PAGE_KEYS, most - found.length),
        ...(token !== undefined && { ContinuationToken: token }),
      };
      const page = await answerOf(`S3 list of s3://${bucket}/${prefix}`, s3.send(new ListObjectsV2Command(input)));
      for (const { Key: key, Size: sizeBytes } of page.Contents ?? []) {
        if (key !== undefined) found.push({ key, sizeBytes: sizeBytes ?? 0 });
      }
      token = page.NextContinuationToken;
    } while (token !== undefined && found.length < most);
    return found;
  };

  return {
    ...s3Documents(s3),
    list,
    async put(location, body, contentType) {
      const put = new PutObjectCommand({ ...s3Location(location), Body: body, ContentType: contentType });
      await answerOf(`S3 put of ${uriOf(location)}`, s3.send(put));
    },
    async head(location) {
      try {
        const { ContentLength: sizeBytes } = await s3.send(new HeadObjectCommand(s3Location(location)));
        return { key: location.key, sizeBytes: sizeBytes ?? 0 };
      } catch (error) {
        if (isNamed(error, 'NotFound', 'NoSuchKey')) return null;
        return answerOf(`S3 head of ${uriOf(location)}`, Promise.reject(error));
      }
    },
    async copy(from, to) {
      const CopySource = `${from.bucket}/${from.key.split('/').map(encodeURIComponent).join('/')}`;
      try {
        await s3.send(new CopyObjectCommand({ ...s3Location(to), CopySource }));
      } catch (error) {
        if (isNamed(error, 'NoSuchKey', 'NotFound')) throw new ObjectNotFoundError(from, error);
        await answerOf(`S3 copy of ${uriOf(from)} to ${uriOf(to)}`, Promise.reject(error));
      }
    },
    async deleteAll(bucket, prefix) {
      const keys = (await list(bucket, prefix)).map(({ key }) => ({ Key: key }));
      for (let from = 0; from < keys.length; from += PAGE_KEYS) {
        const Delete = { Objects: keys.slice(from, from + PAGE_KEYS), Quiet: true };
        const what = `S3 delete of s3://${bucket}/${prefix}`;
        const { Errors: errors } = await answerOf(what, s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete })));
        if (errors !== undefined && errors.length > 0) {
          throw new UnavailableError(`${what} left ${errors.length} objects: ${errors[0]?.Code}; try again`);
        }
      }
    },
    async uploadUrl(location, sha256, sizeBytes, expiresInSeconds) {
      const checksum = Buffer.from(sha256, 'hex').toString('base64');
      const put = new PutObjectCommand({
        ...s3Location(location),
        ContentLength: sizeBytes,
        ChecksumSHA256: checksum,
      });
      const signed = new Set(['content-length', 'x-amz-checksum-sha256']);
      const url = await getSignedUrl(s3, put, {
        expiresIn: expiresInSeconds,
        unhoistableHeaders: signed,
        signableHeaders: new Set([...signed, 'host']),
      });
      return { url, headers: { 'content-length': String(sizeBytes), 'x-amz-checksum-sha256': checksum } };
    },
    downloadUrl: (location, expiresIn) => getSignedUrl(s3, new GetObjectCommand(s3Location(location)), { expiresIn }),
  };
}
