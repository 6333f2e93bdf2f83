import * as z from 'zod';
import { RetrainingState } from '../retraining.ts';
import { OpenDocument } from './api-values.ts';

export const RetrainingResponse = RetrainingState.extend({
  policy: OpenDocument.nullable().describe('As it is deployed; null when only a person trains the model'),
  used: z
    .strictObject({
      inSevenDays: z.int().min(0).describe('Trainings begun, whoever asked for them'),
      usdInThirtyDays: z.number().min(0),
      unhelpfulInARow: z.int().min(0),
    })
    .describe('Of the declared limits'),
});
export type RetrainingResponse = z.infer<typeof RetrainingResponse>;
