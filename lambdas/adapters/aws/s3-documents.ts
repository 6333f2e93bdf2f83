import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { UnavailableError } from '../../../core/errors.ts';
import { type ObjectLocation, ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';
import { answerOf, isNamed } from './aws-failure.ts';

/** The part of an object store that keeps immutable documents; small, for functions on the path of a prediction. */
export function s3Documents(s3: S3Client): Pick<ObjectStore, 'get' | 'putIfAbsent'> {
  return {
    async get(location) {
      try {
        const { Body: body } = await s3.send(new GetObjectCommand(s3Location(location)));
        if (body === undefined) throw new UnavailableError(`${uriOf(location)} came without a body; try again`);
        return await body.transformToByteArray();
      } catch (error) {
        if (isNamed(error, 'NoSuchKey', 'NotFound')) throw new ObjectNotFoundError(location, error);
        return answerOf(`S3 get of ${uriOf(location)}`, Promise.reject(error));
      }
    },
    async putIfAbsent(location, body, contentType) {
      const input = { ...s3Location(location), Body: body, ContentType: contentType, IfNoneMatch: '*' };
      try {
        await s3.send(new PutObjectCommand(input));
        return true;
      } catch (error) {
        if (isNamed(error, 'PreconditionFailed')) return false;
        return answerOf(`S3 put of ${uriOf(location)}`, Promise.reject(error));
      }
    },
  };
}

export function s3Location({ bucket, key }: ObjectLocation) {
  return { Bucket: bucket, Key: key };
}

export function uriOf({ bucket, key }: ObjectLocation): string {
  return `s3://${bucket}/${key}`;
}
