import * as z from 'zod';
import { templateNumber } from '../read-document.ts';

/** What a target says about deliveries that fail, as EventBridge and its Scheduler write it alike. */
export const deliveryMembers = {
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: templateNumber.pipe(z.int().min(0).max(185)).optional(),
      MaximumEventAgeInSeconds: templateNumber.pipe(z.int().min(60).max(86_400)).optional(),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
};
