import { AwsError, type AwsResponse } from '../../service.ts';
import { authorizeObject, noSuchKey, type S3Call } from './call.ts';
import { headObject, requireBucket, updateRecord } from './object-files.ts';
import { elementText, elementTexts, requireDocument, xmlResponse } from './xml.ts';

type Tags = Readonly<Record<string, string>>;

/** S3's limit for tags of one object. */
const MAX_TAGS = 10;

/** Reads the `x-amz-tagging` header, `a=1&b=2`. */
export function parseTagHeader(header: string | undefined): Tags {
  return checked([...new URLSearchParams(header ?? '')]);
}

function checked(pairs: readonly (readonly [string, string])[]): Tags {
  if (pairs.length > MAX_TAGS)
    throw new AwsError('BadRequest', `Object tags cannot be greater than ${MAX_TAGS}: given ${pairs.length}`);
  const bad = pairs.find(([name, value]) => name === '' || name.length > 128 || value.length > 256);
  if (bad !== undefined)
    throw new AwsError(
      'InvalidTag',
      `The tag "${bad[0]}" is too long or has no key: keys take 1 to 128 characters, values 0 to 256`,
    );
  return Object.fromEntries(pairs);
}

/** GetObjectTagging, PutObjectTagging and DeleteObjectTagging. */
export async function taggingCall(call: S3Call): Promise<AwsResponse> {
  const { method } = call.request;
  authorizeObject(call, `s3:${method === 'GET' ? 'Get' : method === 'PUT' ? 'Put' : 'Delete'}ObjectTagging`);
  requireBucket(call.region, call.bucket);
  const record = headObject(call.region, call.bucket, call.key);
  if (record === undefined) throw noSuchKey(call);
  if (method === 'GET') {
    const tags = Object.entries(record.tags).map(([Key, Value]) => ({ Key, Value }));
    return xmlResponse('Tagging', { TagSet: { Tag: tags } });
  }
  const tags = method === 'PUT' ? tagsOf(requireDocument(call.request.body, 'Tagging')) : {};
  updateRecord(call.region, call.bucket, call.key, { ...record, tags });
  return { status: method === 'PUT' ? 200 : 204 };
}

function tagsOf(xml: string): Tags {
  return checked(
    elementTexts(xml, 'Tag').map((tag) => [elementText(tag, 'Key') ?? '', elementText(tag, 'Value') ?? '']),
  );
}
