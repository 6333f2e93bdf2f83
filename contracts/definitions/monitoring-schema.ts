import * as z from 'zod';
import { METRICS } from '../../core/definitions/metric-choice.ts';

const Ms = z.int().min(0);
const Share = z.number().min(0).max(1);
const Probability = z.number().gt(0).lt(1);
const Count = z.int().min(1);

/** The serialized form of how a model is watched. */
export const MonitoringSchema = z.strictObject({
  evidenceRetentionDays: Count,
  drift: z
    .strictObject({
      everyMs: Ms.min(60_000),
      windowMs: Ms.min(60_000),
      falseAlarms: Probability,
      minRows: Count,
      reference: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('training') }),
        z.strictObject({ kind: z.literal('season'), periodMs: Ms.min(60_000), periods: Count }),
      ]),
      effects: z.strictObject({
        psi: z.number().min(0),
        ks: Share,
        jensenShannon: Share,
        newCategories: Share,
        missing: Share,
      }),
      persistence: z.strictObject({ scans: Count, of: Count }),
      ignore: z.array(z.string()),
    })
    .nullable(),
  performance: z
    .strictObject({
      maturityMs: Ms,
      windowMs: Ms.min(60_000),
      metrics: z
        .array(z.strictObject({ metric: z.enum(METRICS), k: z.number().optional(), alpha: z.number().optional() }))
        .min(1),
      minOutcomes: Count,
      loss: z.enum(['log_loss', 'brier', 'squared_error', 'absolute_error']),
      margin: z.number().gt(0),
      falseAlarms: Probability,
    })
    .nullable(),
  retraining: z
    .strictObject({
      on: z.strictObject({
        drift: z.boolean(),
        degradation: z.boolean(),
        everyMs: Ms.min(60_000).nullable(),
        newRows: Count.nullable(),
      }),
      cooldownMs: Ms,
      maxPerWeek: Count,
      budgetUsd: z.number().min(0).nullable(),
      minNewOutcomes: Count,
      maxUnhelpful: Count,
    })
    .nullable(),
});
