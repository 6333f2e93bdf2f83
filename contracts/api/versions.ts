import * as z from 'zod';
import { Instant, OpenDocument } from './api-values.ts';

/** One version of a feature view as it is kept. */
export const ViewVersionBody = z.strictObject({
  view: z.string(),
  version: z.string(),
  isCurrent: z.boolean().describe('Whether the deployed definitions say it'),
  state: z
    .enum(['defined', 'live', 'retiring', 'sweeping', 'retired'])
    .describe('`defined`: not materialized yet; `live`: kept up to date; the others are on their way out, or gone'),
  neededBy: z.array(z.string()).describe('Releases that may serve and read it'),
  unneededSince: Instant.nullable().describe('Since when neither the definitions nor a release need it'),
  retiresAfter: Instant.nullable().describe('It is retired after this instant if nobody needs it until then'),
  rows: z.int(),
  materializedTo: Instant.nullable(),
  onlineTo: Instant.nullable().describe('Rows loaded up to then are online; null when nothing is'),
});
export type ViewVersionBody = z.infer<typeof ViewVersionBody>;

/** What happened to the versions of one view. */
export const VersionEventBody = z.strictObject({
  version: z.string(),
  action: z.enum(['registered', 'needed', 'unneeded', 'retiring', 'kept', 'sweeping', 'retired', 'brought-back']),
  at: Instant,
  because: z.string(),
});

/** Everything `headgate plan` compares a folder of definitions with. */
export const DeployedDefinitionsResponse = z.strictObject({
  definitions: OpenDocument.describe('As they were checked when they were deployed'),
  sha256: z.string().describe('Digest of their canonical JSON'),
  versions: z
    .array(ViewVersionBody.extend({ resolved: OpenDocument.describe('The view with its entity and source') }))
    .describe('Current ones, and every other that is not retired'),
  retired: z.array(z.strictObject({ view: z.string(), version: z.string(), resolved: OpenDocument })),
  needs: z
    .array(
      z.strictObject({
        releaseId: z.string(),
        model: z.string(),
        role: z.enum(['champion', 'rollout', 'rollback', 'candidate']),
        featureViews: z.array(z.strictObject({ view: z.string(), version: z.string() })),
      }),
    )
    .describe('Releases that serve or may serve again'),
  sources: z.array(
    z.strictObject({
      name: z.string(),
      rows: z.int(),
      oldestEventTime: Instant.nullable(),
      newestEventTime: Instant.nullable(),
    }),
  ),
  versionGraceHours: z.number(),
});
export type DeployedDefinitionsResponse = z.infer<typeof DeployedDefinitionsResponse>;
