import * as z from 'zod';
import { AwsError } from '../../service.ts';
import { deliveryMembers } from '../events/delivery-members.ts';
import { checkTarget } from '../events/send-to-target.ts';
import { templateNumber } from '../read-document.ts';
import { parseScheduleExpression } from './schedule-expression.ts';

const instant = z.union([
  z.number().transform((seconds) => new Date(seconds * 1000).toISOString()),
  z.iso.datetime({ offset: true }),
]);

/** A schedule as the API and the template write it; the same members in both. */
export const ScheduleDocument = z.strictObject({
  Name: z.string().regex(/^[0-9a-zA-Z-_.]{1,64}$/),
  GroupName: z.string().default('default'),
  Description: z.string().max(512).optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  StartDate: instant.optional(),
  EndDate: instant.optional(),
  /** Accepted; on the laptop a schedule fires at the start of its window. */
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: templateNumber.pipe(z.int().min(1).max(1440)).optional(),
  }),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  KmsKeyArn: z.string().optional(),
  Target: z.strictObject({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().optional(),
    ...deliveryMembers,
    SqsParameters: z.strictObject({ MessageGroupId: z.string().optional() }).optional(),
  }),
});
export type ScheduleDocument = z.infer<typeof ScheduleDocument>;

/** @throws AwsError `ValidationException` for what only a closer look shows */
export function checkSchedule(schedule: ScheduleDocument): void {
  try {
    parseScheduleExpression(schedule.ScheduleExpression, schedule.ScheduleExpressionTimezone).next(new Date());
    checkTarget(schedule.Target.Arn);
    if (schedule.Target.Arn.includes(':::aws-sdk:')) JSON.parse(schedule.Target.Input ?? '{}');
  } catch (error) {
    throw new AwsError('ValidationException', error instanceof Error ? error.message : String(error));
  }
}
