import { mkdirSync } from 'node:fs';
import * as z from 'zod';
import { AwsError, type ProvisionedResource, type Region, type ResourceType } from '../../service.ts';
import { readProperties, templateBoolean, templateTags } from '../read-document.ts';
import { bucketFolder } from './object-files.ts';
import type { BucketRecord } from './records.ts';
import { defaultRetention, LockConfiguration } from './retention.ts';

const BucketProperties = z.strictObject({
  BucketName: z.string().optional(),
  NotificationConfiguration: z
    .strictObject({
      EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: templateBoolean.default(true) }).optional(),
    })
    .optional(),
  BucketEncryption: z
    .strictObject({
      ServerSideEncryptionConfiguration: z.array(
        z.looseObject({
          ServerSideEncryptionByDefault: z
            .strictObject({ SSEAlgorithm: z.string(), KMSMasterKeyID: z.string().optional() })
            .optional(),
        }),
      ),
    })
    .optional(),
  AccessControl: z.unknown().optional(),
  LifecycleConfiguration: z.unknown().optional(),
  LoggingConfiguration: z.unknown().optional(),
  ObjectLockEnabled: templateBoolean.optional(),
  ObjectLockConfiguration: LockConfiguration.optional(),
  OwnershipControls: z.unknown().optional(),
  PublicAccessBlockConfiguration: z.unknown().optional(),
  VersioningConfiguration: z.unknown().optional(),
  Tags: templateTags,
});
type BucketProperties = z.infer<typeof BucketProperties>;

const PolicyProperties = z.strictObject({ Bucket: z.string(), PolicyDocument: z.unknown() });

/**
 * Brings up buckets. Versioning, lifecycle, access logs, ownership and public access block are accepted and change
 * nothing on a laptop: one version is kept, nothing expires, and only the region's own callers reach the endpoint.
 * A property that would change what callers see is refused until it does.
 */
export function bucketResource(region: Region): ResourceType {
  return {
    provision: async (request) => {
      const asked = readProperties(BucketProperties, request, 'AWS::S3::Bucket');
      const name = asked.BucketName ?? request.generatedName.toLowerCase();
      createBucket(region, name, {
        hasEventBridge: asked.NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled ?? false,
        encryptionHeaders: encryptionHeaders(asked.BucketEncryption),
        lock: lockOf(asked),
      });
      return provisioned(region, name);
    },
  };
}

/**
 * Accepts bucket policies without weighing them: what they say for a Headgate bucket is a Deny of plain HTTP, which
 * can not apply to an endpoint on 127.0.0.1 that has no TLS, and what S3 itself may log, which it does not here.
 */
export const bucketPolicyResource: ResourceType = {
  provision: async (request) => ({ ref: readProperties(PolicyProperties, request, 'AWS::S3::BucketPolicy').Bucket }),
};

/** Creates the bucket, or changes its settings when it is there. */
export function createBucket(
  region: Region,
  name: string,
  settings: Pick<BucketRecord, 'hasEventBridge' | 'encryptionHeaders' | 'lock'>,
): void {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..')) {
    throw new AwsError('InvalidBucketName', `"${name}" is not a valid bucket name: 3 to 63 of a-z, 0-9, "-" and "."`);
  }
  const store = region.store('s3');
  const createdAt = store.get<BucketRecord>('bucket', name)?.createdAt ?? region.clock.now().toISOString();
  mkdirSync(bucketFolder(region, name), { recursive: true });
  store.put('bucket', name, { name, createdAt, ...settings } satisfies BucketRecord);
}

function lockOf({ ObjectLockEnabled, ObjectLockConfiguration }: BucketProperties): BucketRecord['lock'] {
  if (ObjectLockEnabled !== true && ObjectLockConfiguration === undefined) return undefined;
  return { defaultRetention: defaultRetention(ObjectLockConfiguration) };
}

function encryptionHeaders(encryption: BucketProperties['BucketEncryption']): Record<string, string> {
  const rule = encryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault;
  return {
    'x-amz-server-side-encryption': rule?.SSEAlgorithm ?? 'AES256',
    ...(rule?.KMSMasterKeyID === undefined
      ? {}
      : { 'x-amz-server-side-encryption-aws-kms-key-id': rule.KMSMasterKeyID }),
  };
}

function provisioned(region: Region, name: string): ProvisionedResource {
  const host = region.endpointUrl.replace(/^https?:\/\//, '');
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${host}/${name}`,
      RegionalDomainName: `${host}/${name}`,
      WebsiteURL: `${region.endpointUrl}/${name}`,
    },
  };
}
