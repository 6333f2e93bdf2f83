import * as z from 'zod';

const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;
const SMALLEST_SCAN_LIMIT_BYTES = 10_000_000;

/** Their names are an environment variable of functions; Lambda allows 4 KB for all of these. */
const MAX_INGEST_TABLES = 16;
const CatalogName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower-case letters, digits and _, a letter first, at most 64');

const IngestTable = z.strictObject({
  database: CatalogName,
  table: CatalogName,
  location: z
    .string()
    .regex(
      /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/([A-Za-z0-9=._-]+\/)+$/,
      's3://bucket/prefix/ of letters, digits and = . _ -, with a slash at its end',
    ),
});

const EnvironmentFields = z.strictObject({
  stage: z.enum(['dev', 'staging', 'prod']),
  /** Twelve digits. */
  account: z.string().regex(/^\d{12}$/, 'twelve digits'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as eu-west-1'),
  /** One of the periods CloudWatch Logs knows. */
  logRetentionDays: z.literal(LOG_RETENTION_DAYS),
  /** Tables and buckets outlive their stack. */
  retainData: z.boolean(),
  /** Tables cannot be deleted and stacks cannot be destroyed until it is switched off. */
  deletionProtection: z.boolean(),
  /** Who is told when an alarm goes off; SNS asks for a confirmation once. */
  alarmEmail: z.email().optional(),
  /** A topic that exists already, of a pager for example, and that alarms publish to besides the stack's own. */
  alarmTopicArn: z
    .string()
    .regex(/^arn:[^:]+:sns:[^:]+:\d{12}:.+$/, 'the ARN of an SNS topic')
    .optional(),
  /** A query that would scan more is stopped by Athena. */
  athenaScanLimitBytes: z.int().min(SMALLEST_SCAN_LIMIT_BYTES),
  /** Requests per second that the HTTP API lets through on average, all callers together. */
  apiRequestsPerSecond: z.int().min(1).max(10_000),
  /** Requests it lets through at once before it answers 429. */
  apiBurstRequests: z.int().min(1).max(5_000),
  /** Seconds between two looks at an endpoint that is changing. */
  endpointPollSeconds: z.int().min(1).max(300),
  /** How many releases that answered before the champion can be gone back to: their versions of views stay online. */
  rollbackReleases: z.int().min(1).max(20),
  /** Hours for which a version of a view that nobody needs any more stays online all the same. */
  versionGraceHours: z
    .int()
    .min(0)
    .max(24 * 90),
  /** Tables of the warehouse that may be ingested from, each with the place in S3 that its files lie below. */
  ingestTables: z.array(IngestTable).max(MAX_INGEST_TABLES),
  /** Days after which raw uploads, exports and query results are deleted. */
  scratchRetentionDays: z.int().min(1).max(90),
  /** Days for which captured traffic and access logs are kept. */
  captureRetentionDays: z.int().min(1).max(3653),
  /**
   * How the signed copies of audit records are locked. `compliance` cannot be undone by anybody, so a bucket with it
   * stays until its last object is out of its lock.
   */
  auditLock: z.strictObject({ mode: z.enum(['governance', 'compliance']), days: z.int().min(1).max(3653) }),
});

/** One place the platform is deployed to. What it says decides the templates; nothing is looked up. */
export const Environment = EnvironmentFields.check((ctx) => {
  const { stage, retainData, deletionProtection, alarmEmail, alarmTopicArn, auditLock } = ctx.value;
  if (stage !== 'prod') return;
  const broken = [
    !retainData && 'retainData: true',
    !deletionProtection && 'deletionProtection: true',
    auditLock.mode !== 'compliance' && "auditLock.mode: 'compliance'",
    alarmEmail === undefined && alarmTopicArn === undefined && 'an alarmEmail or an alarmTopicArn',
  ].filter((rule) => rule !== false);
  for (const rule of broken) ctx.issues.push({ code: 'custom', input: ctx.value, message: `prod must set ${rule}` });
});

export type Environment = z.infer<typeof EnvironmentFields>;
export type Stage = Environment['stage'];

/** @throws Error that lists every field that is wrong, with what is allowed */
export function parseEnvironment(given: unknown): Environment {
  const parsed = Environment.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`the environment is not valid:\n${z.prettifyError(parsed.error)}`);
}
