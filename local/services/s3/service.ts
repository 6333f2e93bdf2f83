import { rmSync } from 'node:fs';
import { AwsError, type AwsRequest, type AwsResponse, type LocalService, type Region } from '../../service.ts';
import { bucketPolicyResource, bucketResource } from './bucket.ts';
import {
  bucketLocationCall,
  createBucketCall,
  deleteBucketCall,
  deleteObjectsCall,
  headBucketCall,
  listBucketsCall,
  listObjectsCall,
} from './bucket-calls.ts';
import { parseCall, type S3Call } from './call.ts';
import { abortUpload, completeUpload, createUpload, listParts, listUploads, uploadPart } from './multipart.ts';
import { incomingFolder } from './object-files.ts';
import { getRetentionCall } from './object-lock.ts';
import { getObjectCall, headObjectCall } from './read-object.ts';
import { taggingCall } from './tagging.ts';
import { copyObjectCall, deleteObjectCall, putObjectCall } from './write-object.ts';
import { xmlError } from './xml.ts';

/**
 * S3 over plain files, path-style. One version of each object is kept: a versioned bucket is accepted, and its
 * answers carry no version id.
 */
export function makeS3Service(region: Region): LocalService {
  return {
    signingNames: ['s3'],
    handle: async (request) => {
      try {
        return await route(parseCall(region, request));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return xmlError(error, request.method === 'HEAD');
      }
    },
    // bodies that were on their way in when the region was killed; none was acknowledged
    start: async () => rmSync(incomingFolder(region), { recursive: true, force: true }),
    resources: { 'AWS::S3::Bucket': bucketResource(region), 'AWS::S3::BucketPolicy': bucketPolicyResource },
  };
}

function route(call: S3Call): Promise<AwsResponse> {
  if (call.bucket === '') return call.request.method === 'GET' ? listBucketsCall(call) : notImplemented(call.request);
  return call.key === '' ? routeBucket(call) : routeObject(call);
}

/** Query names that turn a bucket request into one on a part of the bucket's configuration. */
const LIST_QUERY =
  /^(list-type|prefix|delimiter|max-keys|continuation-token|start-after|encoding-type|fetch-owner|x-id|X-Amz-.*)$/;

function routeBucket(call: S3Call): Promise<AwsResponse> {
  const { method, query } = call.request;
  const isPlain = [...query.keys()].every((name) => LIST_QUERY.test(name));
  if (method === 'GET' && query.has('location')) return bucketLocationCall(call);
  if (method === 'GET' && query.has('uploads')) return listUploads(call);
  if (method === 'GET' && query.get('list-type') === '2') return listObjectsCall(call);
  if (method === 'POST' && query.has('delete')) return deleteObjectsCall(call);
  if (method === 'HEAD') return headBucketCall(call);
  if (method === 'PUT' && isPlain) return createBucketCall(call);
  if (method === 'DELETE' && isPlain) return deleteBucketCall(call);
  return notImplemented(call.request);
}

function routeObject(call: S3Call): Promise<AwsResponse> {
  const { method, query, headers } = call.request;
  const uploadId = query.get('uploadId');
  if (query.has('tagging')) return taggingCall(call);
  if (method === 'POST' && query.has('uploads')) return createUpload(call);
  if (uploadId !== null) return routeUpload(call, uploadId);
  if (method === 'GET' && query.has('retention')) return getRetentionCall(call);
  const unknown = ['acl', 'attributes', 'legal-hold', 'retention', 'restore', 'select', 'torrent', 'versionId'].some(
    (name) => query.has(name),
  );
  if (unknown) return notImplemented(call.request);
  const copySource = headers['x-amz-copy-source'];
  if (method === 'PUT' && copySource !== undefined) return copyObjectCall(call, copySource);
  if (method === 'PUT') return putObjectCall(call);
  if (method === 'GET') return getObjectCall(call);
  if (method === 'HEAD') return headObjectCall(call);
  if (method === 'DELETE') return deleteObjectCall(call);
  return notImplemented(call.request);
}

function routeUpload(call: S3Call, uploadId: string): Promise<AwsResponse> {
  const { method } = call.request;
  if (method === 'PUT') return uploadPart(call, uploadId);
  if (method === 'POST') return completeUpload(call, uploadId);
  if (method === 'DELETE') return abortUpload(call, uploadId);
  if (method === 'GET') return listParts(call, uploadId);
  return notImplemented(call.request);
}

async function notImplemented({ method, path, query }: AwsRequest): Promise<AwsResponse> {
  throw new AwsError(
    'NotImplemented',
    `the laptop S3 has no operation ${method} ${path}${query.size > 0 ? `?${query}` : ''}`,
    501,
  );
}
