import * as z from 'zod';

/**
 * What the tasks of the train flow hand on. Planning and sealing answer more than this; the tasks after them read
 * these members alone.
 */
export const EvaluationRequest = z.object({
  plan: z.object({
    /** Names the training; digest of its cause. */
    trainingId: z.string().min(1),
    model: z.string().min(1),
    actor: z.string().min(1),
    cause: z.string().min(1),
  }),
  sealed: z.object({
    trainingSetId: z.string().regex(/^[0-9a-f]{64}$/),
    /** `s3://bucket/prefix/` of the training set. */
    uri: z.string().startsWith('s3://').endsWith('/'),
  }),
  job: z.object({
    TrainingJobName: z.string().min(1),
    ModelArtifacts: z.object({ S3ModelArtifacts: z.string().startsWith('s3://') }),
    /** ISO 8601, or epoch seconds or milliseconds as the service gives them. */
    TrainingStartTime: z.union([z.string(), z.number()]),
    TrainingEndTime: z.union([z.string(), z.number()]),
  }),
});
export type EvaluationRequest = z.infer<typeof EvaluationRequest>;

/** One model to score on the test rows: whole SageMaker requests, passed through by the state machine. */
export interface EvaluationJob {
  readonly role: 'candidate' | 'champion';
  readonly model: Readonly<Record<string, unknown>>;
  readonly transform: Readonly<Record<string, unknown>>;
}

export const RegisterReleaseRequest = EvaluationRequest.extend({
  /** Roles that were scored. */
  scored: z.array(z.enum(['candidate', 'champion'])).min(1),
});
export type RegisterReleaseRequest = z.infer<typeof RegisterReleaseRequest>;
