import * as z from 'zod';
import { Instant } from './api-values.ts';

export const CheckpointBody = z.strictObject({
  schema: z.literal('headgate.audit-checkpoint/v1'),
  model: z.string(),
  position: z.int().describe('Of the last record it covers'),
  hash: z.string().describe('Of that record, which covers every one before'),
  previousPosition: z.int().describe('Of the checkpoint before; 0 for the first'),
  signedAt: Instant,
  keyId: z.string().describe('ARN of the KMS key'),
  publicKey: z.string().describe('Base64 of its public half, DER (SubjectPublicKeyInfo)'),
  signature: z
    .string()
    .describe('Base64, DER: ECDSA on P-256 with SHA-256 over the canonical JSON (RFC 8785) of the other members'),
});

export const CheckpointQuery = z.strictObject({
  from: z.coerce.number().pipe(z.int().min(1)).default(1).describe('Position of a record: checkpoints of it and after'),
  limit: z.coerce.number().pipe(z.int().min(1).max(500)).default(100),
});
export type CheckpointQuery = z.infer<typeof CheckpointQuery>;

export const CheckpointListResponse = z.strictObject({
  checkpoints: z.array(CheckpointBody).describe('Oldest first'),
  next: z.int().nullable().describe('`from` of the next page; null on the last'),
});
export type CheckpointListResponse = z.infer<typeof CheckpointListResponse>;
