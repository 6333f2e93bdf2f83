import * as z from 'zod';
import { AwsError, type Region } from '../../service.ts';
import type { BucketRecord, DefaultRetention, ObjectRecord, Retention } from './records.ts';

const DAY_MS = 86_400_000;

/** `ObjectLockConfiguration` of a bucket in a template. */
export const LockConfiguration = z.strictObject({
  ObjectLockEnabled: z.literal('Enabled'),
  Rule: z
    .strictObject({
      DefaultRetention: z
        .strictObject({
          Mode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
          Days: z.coerce.number().int().positive().optional(),
          Years: z.coerce.number().int().positive().optional(),
        })
        .refine(({ Days, Years }) => (Days === undefined) !== (Years === undefined), 'takes either Days or Years'),
    })
    .optional(),
});

export function defaultRetention(
  configuration: z.infer<typeof LockConfiguration> | undefined,
): DefaultRetention | undefined {
  const rule = configuration?.Rule?.DefaultRetention;
  return rule === undefined ? undefined : { mode: rule.Mode, days: rule.Days ?? rule.Years! * 365 };
}

/** What a new object is kept by when nobody asked: the bucket's default. */
export function retentionOfNew(region: Region, bucket: BucketRecord): Retention | undefined {
  const rule = bucket.lock?.defaultRetention;
  return rule === undefined
    ? undefined
    : { mode: rule.mode, untilMs: region.clock.now().getTime() + rule.days * DAY_MS };
}

/**
 * Refuses to touch an object whose lock lasts. On AWS an overwritten or deleted object goes on as an older version that
 * is locked; here there is one version, so the write itself is refused rather than the object lost.
 */
export function requireUnlocked(region: Region, current: ObjectRecord | undefined): void {
  const lock = current?.retention;
  if (lock === undefined || lock.untilMs <= region.clock.now().getTime()) return;
  throw new AwsError(
    'AccessDenied',
    `Access Denied because object protected by object lock (${lock.mode} until ${new Date(lock.untilMs).toISOString()})`,
    403,
  );
}
