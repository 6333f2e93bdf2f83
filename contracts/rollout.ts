import * as z from 'zod';
import type { LatencySummary } from '../core/gates/latency-gate.ts';
import type { GateVerdict } from '../core/release/release-manifest.ts';
import { VARIANTS } from '../core/release/route.ts';

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

/** One change of the endpoint and, once it is in service, of the route. */
export const RolloutStep = z.strictObject({
  /** In order of weight: the first takes whatever traffic names no variant. */
  variants: z.array(z.strictObject({ variant: z.enum(VARIANTS), releaseId: Sha256 })).min(1),
  /** Variant on which the release answers from here on; null leaves the route as it is. */
  flipTo: z.enum(VARIANTS).nullable(),
});
export type RolloutStep = z.infer<typeof RolloutStep>;

export const RolloutStepRequest = RolloutRequest.extend({ step: RolloutStep });
export type RolloutStepRequest = z.infer<typeof RolloutStepRequest>;

export const CheckEndpointRequest = RolloutStepRequest.extend({
  /** ISO 8601: when the step was begun. */
  begunAt: z.iso.datetime(),
});
export type CheckEndpointRequest = z.infer<typeof CheckEndpointRequest>;

export const EndRolloutRequest = RolloutRequest.extend({ because: z.string() });
export type EndRolloutRequest = z.infer<typeof EndRolloutRequest>;

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
