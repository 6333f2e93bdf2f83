import * as z from 'zod';
import { ROLLOUT_OUTCOMES, ROLLOUT_PHASES, STOP_KINDS } from '../../core/rollout/rollout.ts';
import { Instant } from './api-values.ts';

export const ApprovalBody = z.strictObject({
  token: z.string().describe('Names the rollout, the release and its verdicts; an approval gives it back'),
  requestedAt: Instant,
  expiresAt: Instant.describe('After it nobody can approve any more'),
  decision: z.enum(['approve', 'reject']).nullable(),
  actor: z.string().nullable(),
  comment: z.string().nullable(),
  decidedAt: Instant.nullable(),
});

export const LookBody = z.strictObject({
  at: Instant,
  number: z.int(),
  verdict: z.enum(['continue', 'proceed', 'go-back']),
  because: z.string(),
  reportUri: z.string().describe('s3://… of the report with every number'),
});

export const RolloutBody = z.strictObject({
  rolloutId: z.string(),
  model: z.string(),
  releaseId: z.string(),
  kind: z.enum(['release', 'rollback']),
  candidate: z.string().describe('Digest of all that decides the predictions of the release'),
  phase: z.enum(ROLLOUT_PHASES),
  step: z.int().describe("Index into the canary's steps"),
  since: Instant.describe('Since when it has been in this phase and step'),
  previousReleaseId: z.string().nullable().describe('What answered when it began; what it goes back to'),
  approval: ApprovalBody.nullable(),
  stop: z
    .strictObject({ kind: z.enum(STOP_KINDS), actor: z.string(), because: z.string(), at: Instant })
    .nullable()
    .describe('Who or what stopped it'),
  look: LookBody.nullable().describe('Newest look of the judge at the phase it is in'),
  timeline: z.array(z.strictObject({ phase: z.enum(ROLLOUT_PHASES), step: z.int(), at: Instant, because: z.string() })),
  outcome: z.enum(ROLLOUT_OUTCOMES).nullable().describe('Null while it runs'),
  because: z.string().nullable(),
  actor: z.string(),
  cause: z.string(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
});
export type RolloutBody = z.infer<typeof RolloutBody>;
