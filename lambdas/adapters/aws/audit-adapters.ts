import { KMSClient } from '@aws-sdk/client-kms';
import type { EnvName } from '../../../contracts/environment.ts';
import { embeddedMetrics } from '../system/embedded-metrics.ts';
import { systemClock } from '../system/system-clock.ts';
import { dynamoCheckpointLog } from './dynamo-checkpoint-log.ts';
import { dynamoClient } from './dynamo-client.ts';
import { dynamoModelRegistry } from './dynamo-model-registry.ts';
import { kmsAuditSigner } from './kms-audit-signer.ts';
import { s3Client } from './s3-client.ts';
import { s3Documents } from './s3-documents.ts';

/** Variables that `signingAdapters` reads. */
export const SIGNING_ENV = [
  'REGISTRY_TABLE',
  'AUDIT_BUCKET',
  'AUDIT_KEY_ARN',
  'HEADGATE_STAGE',
] as const satisfies readonly EnvName[];

/** What signs audit chains and keeps them where nobody can change them. */
export function signingAdapters(env: Readonly<Record<(typeof SIGNING_ENV)[number], string>>) {
  const dynamo = dynamoClient();
  const kms = new KMSClient({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  return {
    registry: dynamoModelRegistry(dynamo, env.REGISTRY_TABLE),
    checkpoints: dynamoCheckpointLog(dynamo, env.REGISTRY_TABLE),
    signer: kmsAuditSigner(kms, env.AUDIT_KEY_ARN),
    objects: s3Documents(s3Client()),
    auditBucket: env.AUDIT_BUCKET,
    clock: systemClock,
    metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
  };
}
