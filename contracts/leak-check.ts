import * as z from 'zod';
import { Instant } from './api/api-values.ts';
import { EvaluationRequest } from './training-flow.ts';
import { TrainingPlan } from './training-plan.ts';

/** What the last task of a leak check is given. */
export const MeasureLeakRequest = EvaluationRequest.extend({ plan: TrainingPlan });
export type MeasureLeakRequest = z.infer<typeof MeasureLeakRequest>;

const Count = z.int().min(0);

/** What a leak check found. */
export const LeakReport = z.strictObject({
  checkId: z.string(),
  model: z.string(),
  releaseId: z.string().describe('The release whose training was done again without the knowledge cut'),
  cause: z.string(),
  at: Instant,
  because: z.string().describe('What it comes to, in a sentence'),
  testRows: Count,
  metrics: z
    .record(
      z.string(),
      z.strictObject({
        with: z.number().describe('The release: every row saw what was known at its instant'),
        without: z.number().describe('The same rows, as if everything had been known at its event time'),
        difference: z.number().describe('without minus with'),
        standardError: z
          .number()
          .nullable()
          .describe("Of the difference, rows paired; null when the release's scores are not kept any more"),
      }),
    )
    .describe('On the test rows, which are the same in both'),
  features: z
    .array(
      z.strictObject({
        ref: z.string(),
        rows: Count.describe('Rows of the training set: those learnt from, those that stop it, and the test rows'),
        changed: Count.describe('Rows in which the value is another one without the knowledge cut'),
        share: z.number().min(0).max(1),
      }),
    )
    .describe('In the order of the inputs'),
});
export type LeakReport = z.infer<typeof LeakReport>;
