import { mkdirSync } from 'node:fs';
import { AwsError, type ProvisionedResource, type Region, type ResourceType } from '../../service.ts';
import { bucketFolder } from './object-files.ts';
import type { BucketRecord } from './records.ts';

/** The part of the CloudFormation properties that changes what the stand-in does. */
interface BucketProperties {
  readonly BucketName?: string;
  readonly NotificationConfiguration?: {
    readonly EventBridgeConfiguration?: { readonly EventBridgeEnabled?: unknown };
  };
  readonly BucketEncryption?: {
    readonly ServerSideEncryptionConfiguration?: readonly {
      readonly ServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string };
    }[];
  };
}

/**
 * Brings up buckets. Versioning, lifecycle, ownership and public access block are accepted and change nothing on a
 * laptop: one version is kept, nothing expires, and only the region's own callers reach the endpoint.
 */
export function bucketResource(region: Region): ResourceType {
  return {
    provision: async ({ properties, generatedName }) => {
      const asked = properties as BucketProperties; // CDK wrote the template against this type's schema
      const name = asked.BucketName ?? generatedName.toLowerCase();
      createBucket(region, name, {
        hasEventBridge: hasEventBridge(asked.NotificationConfiguration),
        encryptionHeaders: encryptionHeaders(asked.BucketEncryption),
      });
      return provisioned(region, name);
    },
  };
}

/**
 * Accepts bucket policies without weighing them: what they say for a Headgate bucket is a Deny of plain HTTP, which
 * can not apply to an endpoint on 127.0.0.1 that has no TLS.
 */
export const bucketPolicyResource: ResourceType = {
  provision: async ({ properties, generatedName }) => ({ ref: String(properties['Bucket'] ?? generatedName) }),
};

/** Creates the bucket, or changes its settings when it is there. */
export function createBucket(
  region: Region,
  name: string,
  settings: Pick<BucketRecord, 'hasEventBridge' | 'encryptionHeaders'>,
): void {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..')) {
    throw new AwsError('InvalidBucketName', `"${name}" is not a valid bucket name: 3 to 63 of a-z, 0-9, "-" and "."`);
  }
  const store = region.store('s3');
  const createdAt = store.get<BucketRecord>('bucket', name)?.createdAt ?? region.clock.now().toISOString();
  mkdirSync(bucketFolder(region, name), { recursive: true });
  store.put('bucket', name, { name, createdAt, ...settings } satisfies BucketRecord);
}

function hasEventBridge(notification: BucketProperties['NotificationConfiguration']): boolean {
  const asked = notification?.EventBridgeConfiguration;
  return asked !== undefined && String(asked.EventBridgeEnabled ?? true) === 'true';
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
