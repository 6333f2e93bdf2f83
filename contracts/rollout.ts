import * as z from 'zod';
import type { LatencySummary } from '../core/gates/latency-gate.ts';
import type { GateVerdict } from '../core/release/release-manifest.ts';
import { VARIANTS } from '../core/release/route.ts';
import { ROLLOUT_PHASES, type Rollout } from '../core/rollout/rollout.ts';
import type { UnloadQuery } from '../core/sql/unload-query.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');

/** What starts a rollout; `rolloutId` is the name of its execution. */
export const RolloutRequest = z.strictObject({
  rolloutId: z.string().regex(/^[0-9a-zA-Z-]{1,80}$/),
  model: z.string().min(1),
  releaseId: Sha256,
  /** `rollback` brings a release back that was champion before. */
  kind: z.enum(['release', 'rollback']).default('release'),
  /** Tries a candidate again that was refused for what was measured, although nothing in it has changed. */
  force: z.boolean().default(false),
  /** Why it was started: a training, a person, a schedule. */
  cause: z.string().min(1),
  /** ARN of whoever caused it. */
  actor: z.string().min(1),
});
export type RolloutRequest = z.infer<typeof RolloutRequest>;

/** Who leads a rollout: no write is made with an older fence. */
export const RolloutLead = z.object({
  rolloutId: RolloutRequest.shape.rolloutId,
  model: z.string().min(1),
  fence: z.int().min(0),
});
export type RolloutLead = z.infer<typeof RolloutLead>;

const CountedRows = {
  database: z.string(),
  model: z.string(),
  rolloutId: z.string(),
  releases: z.object({ baseline: Sha256, candidate: Sha256 }),
  fromMs: z.int(),
  toMs: z.int(),
  cuts: z.array(z.number()),
};

/** What was counted, and where the answer lies. */
export const CountedLook = z.object({
  phase: z.enum(ROLLOUT_PHASES),
  /** Of the phase, and step of it, that was looked at. */
  since: z.iso.datetime(),
  /** Prefix in the offline bucket. */
  prefix: z.string(),
  spec: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('canary'),
      ...CountedRows,
      challenger: z.object({ is: z.enum(['candidate', 'baseline']), share: z.number() }).nullable(),
    }),
    z.object({ kind: z.literal('shadow'), ...CountedRows }),
  ]),
});
export type CountedLook = z.infer<typeof CountedLook>;

/** What the flow brings along from the move it made. */
export const RolloutNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('counted'), counted: CountedLook }),
  z.object({
    kind: z.literal('replayed'),
    replay: z.object({
      verdict: z.object({
        verdict: z.object({ outcome: z.enum(['pass', 'fail', 'inconclusive']), because: z.string().optional() }),
      }),
      reportUri: z.string(),
    }),
  }),
  z.object({
    kind: z.literal('failure'),
    of: z.enum(['advance', 'point', 'count', 'replay', 'ask']),
    error: z.string(),
    /** Of a function: JSON with `errorMessage`. */
    cause: z.string(),
  }),
]);
export type RolloutNews = z.infer<typeof RolloutNews>;

export const AdvanceRolloutRequest = RolloutLead.extend({
  /** How often this execution has asked; its history is limited. */
  turn: z.int().min(0),
  news: RolloutNews.nullable(),
});
export type AdvanceRolloutRequest = z.infer<typeof AdvanceRolloutRequest>;

/** What the flow does next. */
export type RolloutTurn =
  | { readonly kind: 'point' }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'count'; readonly query: UnloadQuery; readonly counted: CountedLook }
  | { readonly kind: 'replay'; readonly replay: ReplayRequest }
  | { readonly kind: 'ask'; readonly seconds: number }
  /** Go on in an execution of this name. */
  | { readonly kind: 'continue'; readonly name: string }
  | { readonly kind: 'ended'; readonly rollout: Rollout };

export const AskApprovalRequest = RolloutLead.extend({ taskToken: z.string().min(1) });
export type AskApprovalRequest = z.infer<typeof AskApprovalRequest>;

/** What CloudFormation sends to the function that owns the endpoints. */
export const EndpointResourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.object({
    model: z.string().min(1),
    endpointName: z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/),
    executionRoleArn: z.string().startsWith('arn:'),
    modelPackageGroup: z.string().min(1),
    image: z.string().min(1),
    instanceType: z.string().startsWith('ml.'),
    featureCount: z.coerce.number().int().positive(),
  }),
});
export type EndpointResourceEvent = z.infer<typeof EndpointResourceEvent>;

/** Measures how fast the variant of the release answers, before it gets live traffic. */
export const ReplayRequest = z.object({
  rolloutId: RolloutRequest.shape.rolloutId,
  model: z.string().min(1),
  releaseId: Sha256,
  variant: z.enum(VARIANTS),
});
export type ReplayRequest = z.infer<typeof ReplayRequest>;

/** What a replay found; the same for every call of a rollout, because the report is kept. */
export interface LatencyReplay {
  /** Of the model's latency gate. Only `pass` goes on. */
  readonly verdict: GateVerdict;
  /** Sent or to be sent; warming up is not counted. */
  readonly requests: number;
  /** Of them, those that were not answered, or refused, or not even sent by the end. */
  readonly failed: number;
  readonly latency: LatencySummary;
  /** `s3://…` of the report with every bin. */
  readonly reportUri: string;
}
