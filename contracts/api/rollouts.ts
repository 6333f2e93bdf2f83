import * as z from 'zod';
import { VARIANTS } from '../../core/release/route.ts';
import { ROLLOUT_OUTCOMES, ROLLOUT_PHASES, STOP_KINDS } from '../../core/rollout/rollout.ts';
import { Because, Instant, ReleaseId } from './api-values.ts';

const ArmBody = z.strictObject({ releaseId: z.string(), variant: z.enum(VARIANTS) });

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
  isForced: z.boolean().describe('A person wants it although the same candidate failed before'),
  phase: z.enum(ROLLOUT_PHASES),
  step: z.int().describe("Index into the canary's steps"),
  since: Instant.describe('Since when it has been in this phase and step'),
  previousReleaseId: z.string().nullable().describe('What answered when it began; what it goes back to'),
  approval: ApprovalBody.nullable(),
  pointed: z
    .strictObject({ arms: z.array(ArmBody), at: Instant })
    .nullable()
    .describe('What the endpoint was told to run last'),
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

export const RolloutListResponse = z.strictObject({
  rollouts: z.array(RolloutBody).describe('Newest first'),
  next: z.string().nullable().describe('Cursor of the next page; null on the last'),
});
export type RolloutListResponse = z.infer<typeof RolloutListResponse>;

const CheckBody = z.object({
  metric: z.string(),
  baseline: z.number().nullable(),
  candidate: z.number().nullable(),
  observed: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number() }).nullable().describe('Holds at every look at once'),
  limit: z.number(),
  n: z.object({ baseline: z.number(), candidate: z.number() }),
  state: z.enum(['within', 'beyond', 'undecided']),
  isRequired: z.boolean(),
  needs: z.number().nullable().describe('About how many more observations of the release would settle it'),
});
export type CheckBody = z.infer<typeof CheckBody>;

/** What is shown of the report of a look; there is more in it. One of a replay is no judgement of traffic. */
export const LookReport = z.object({ checks: z.array(CheckBody).optional() });

export const RolloutResponse = RolloutBody.extend({
  checks: z.array(CheckBody).nullable().describe('Of the newest look at live traffic; null before the first'),
});
export type RolloutResponse = z.infer<typeof RolloutResponse>;

export const RollbackRequest = z.strictObject({
  to: ReleaseId.optional().describe(
    'A release that was promoted before; by default the one before the present champion',
  ),
  because: Because,
});
export type RollbackRequest = z.infer<typeof RollbackRequest>;

export const RollbackResponse = z.strictObject({
  rolledBack: z.boolean().describe('Whether the release that is gone back to answers already'),
  immediate: z.boolean().describe('Whether the running rollout was stopped, in one write'),
  releaseId: z.string().nullable().describe('What answers now; null when nothing does'),
  epoch: z.int().describe('Of the route that says so'),
  rolloutId: z.string().nullable().describe('The rollout that was stopped'),
  executionId: z.string().nullable().describe('The flow that brings back a release that is no longer in service'),
});
export type RollbackResponse = z.infer<typeof RollbackResponse>;

export const HoldRequest = z.strictObject({
  hold: z.boolean().describe('true: no rollout of the model moves forward; going back stays possible'),
  because: Because,
});
export type HoldRequest = z.infer<typeof HoldRequest>;

export const HoldBody = z.strictObject({ model: z.string(), actor: z.string(), because: z.string(), at: Instant });

export const HoldResponse = z.strictObject({
  model: z.string(),
  hold: HoldBody.nullable().describe('Null while nobody holds the model'),
});
export type HoldResponse = z.infer<typeof HoldResponse>;

export const ApprovalRequest = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  comment: Because,
  token: z.string().regex(/^[0-9a-f]{64}$/, 'must be the token of the approval, as GET /v1/rollouts/{id} gives it'),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;
