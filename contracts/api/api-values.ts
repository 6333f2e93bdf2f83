import * as z from 'zod';
import { EARLIEST_MS, LATEST_MS } from '../../core/offline/materialization-run.ts';

/** ISO 8601 with a zone, for example `2026-03-01T12:00:00Z`. */
export const Instant = z.iso
  .datetime({
    offset: true,
    error: 'must be an ISO 8601 instant with a zone, for example 2026-03-01T12:00:00Z',
  })
  .describe('ISO 8601 instant with a zone');

/** What JavaScript can write as a date: 100 million days around 1970. */
export const EpochMs = z.int().min(EARLIEST_MS).max(LATEST_MS);

/** Name of something that was defined: view, model, source, feature. */
export const DefinedName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower case letters, digits and _, beginning with a letter, at most 40');

export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256, for example from sha256sum: 64 lower-case hexadecimal digits');

/** One value as JSON carries it; timestamps are ISO 8601. */
export const JsonValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const JOIN_KEY = 'must be a string or a whole number up to 2^53 - 1';

export const JoinKeyValue = z.union([
  z.string(JOIN_KEY).min(1, 'must not be empty').max(1024, 'must have at most 1024 characters'),
  z.int(JOIN_KEY),
]);

/** A document whose exact shape belongs to another contract. */
export const OpenDocument = z.record(z.string(), z.unknown());

export const ReleaseId = z.string().regex(/^[0-9a-f]{64}$/, 'must be a release id: 64 lower-case hexadecimal digits');

export const UnreadableReports = z
  .array(z.strictObject({ key: z.string(), because: z.string() }))
  .describe('Of the newest, those that are damaged or of another platform, by their keys in the artifact bucket');

export type UnreadableReports = z.infer<typeof UnreadableReports>;

/** A file that can be had until its URL expires. */
export const Download = z.strictObject({
  name: z.string(),
  url: z.string(),
  sha256: z.string(),
  sizeBytes: z.int(),
  expiresAt: Instant,
});

export type Download = z.infer<typeof Download>;

/** They would change the screens on which a reason is read, and the lines of logs. */
const CONTROL = /[^\P{Cc}\n\t]/u;

/** A person's reason, kept in the audit chain. */
export const Because = z
  .string('must say why')
  .trim()
  .min(1, 'must say why')
  .max(1_000, 'must have at most 1,000 characters')
  .refine((text) => !CONTROL.test(text), 'must not have control characters other than line ends and tabs')
  .describe('Why; kept in the audit chain');
