import * as z from 'zod';

/** What the `reconcile` flow hands from step to step. */
export const SurveyRequest = z.object({
  /** Names the retirement of this execution. */
  executionName: z.string().min(1),
});
export type SurveyRequest = z.infer<typeof SurveyRequest>;

const RetiringVersion = z.strictObject({ view: z.string().min(1), version: z.string().min(1) });
export type RetiringVersion = z.infer<typeof RetiringVersion>;

export const SurveyReport = z.strictObject({
  retirementId: z.string().min(1),
  /** Versions that this execution has taken to retire, at most 100: the rest is for the next one. */
  retiring: z.array(RetiringVersion).max(100),
  /** After which nothing that began before can still write an item of theirs. */
  settleSeconds: z.int().min(1),
  /** What was changed by the look, for people. */
  changes: z.array(z.strictObject({ view: z.string(), version: z.string(), action: z.string(), because: z.string() })),
});
export type SurveyReport = z.infer<typeof SurveyReport>;

export const SweepRequest = z.object({
  survey: SurveyReport,
  /** Where the call before stopped; null for the first. */
  cursor: z.string().nullable(),
});
export type SweepRequest = z.infer<typeof SweepRequest>;

export const EndRetirementRequest = z.object({ survey: SurveyReport });
export type EndRetirementRequest = z.infer<typeof EndRetirementRequest>;
