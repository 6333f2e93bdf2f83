import * as z from 'zod';
import { VARIANTS } from '../../core/release/route.ts';
import { DriftReport } from '../drift-scan.ts';
import { QualityReport } from '../quality.ts';
import { Instant, OpenDocument } from './api-values.ts';
import { HoldBody, RolloutBody } from './rollouts.ts';
import { VersionEventBody, ViewVersionBody } from './versions.ts';

const Arm = z.strictObject({ releaseId: z.string(), variant: z.enum(VARIANTS) });
const SharingArm = Arm.extend({ share: z.number().gt(0).max(1), rolloutId: z.string() });
const Challenger = SharingArm.extend({
  share: z.number().min(0).max(1),
  wasChampion: z
    .literal(true)
    .optional()
    .describe('It was champion until the rollout promoted its release: it answers what the new champion fails'),
});

export const RouteBody = z.strictObject({
  model: z.string(),
  endpointName: z.string(),
  champion: Arm.nullable().describe('Null until the first promotion: predictions are refused'),
  challenger: Challenger.nullable().describe('Answers a share of the entities during a rollout'),
  shadow: SharingArm.nullable().describe('Is asked the same during a rollout; its answers are only kept'),
  epoch: z.int(),
});

const TableBody = z.strictObject({
  table: z.string(),
  rows: z.int(),
  watermark: Instant.nullable().describe('Rows loaded up to then are visible; null before the first load'),
  oldestEventTime: Instant.nullable(),
  newestEventTime: Instant.nullable(),
});

export const FeatureViewResponse = z.strictObject({
  name: z.string(),
  version: z.string(),
  entity: z.string(),
  joinKeys: z.array(z.string()),
  source: TableBody.extend({ name: z.string() }),
  features: z.array(z.strictObject({ name: z.string(), type: z.string(), description: z.string() })),
  offline: TableBody.extend({
    materializedTo: Instant.nullable().describe('Newest tick that is covered; null before the first materialization'),
    onlineTo: Instant.nullable().describe('Rows loaded up to then are online'),
  }),
  newestServed: Instant.nullable().describe(
    'Event time of the newest event that its online values reflect; null while nothing is online',
  ),
  ageSeconds: z.number().nullable().describe('How old that event is'),
  isFresh: z.boolean().nullable().describe('Whether the freshness promise holds; null when nothing is promised'),
  quality: QualityReport.nullable().describe(
    'What its expectations said of the newest run that was judged, refused runs included; null before the first',
  ),
  definition: OpenDocument,
  versions: z.array(ViewVersionBody).describe('The current version first, then every other that is not retired'),
  history: z.array(VersionEventBody).optional().describe('Of one view: what happened to its versions, newest first'),
});
export type FeatureViewResponse = z.infer<typeof FeatureViewResponse>;

export const OnDemandFeatureViewBody = z.strictObject({
  kind: z.literal('onDemandFeatureView').describe('Computed when somebody asks: it has no table and no version'),
  name: z.string(),
  reads: z.array(z.string()).describe('Stored features it is computed from, as view:feature'),
  request: z.array(z.strictObject({ name: z.string(), type: z.string() })).describe('Values that a request brings'),
  features: z.array(z.strictObject({ name: z.string(), type: z.string(), sql: z.string(), description: z.string() })),
  description: z.string(),
  owner: z.string(),
});
export type OnDemandFeatureViewBody = z.infer<typeof OnDemandFeatureViewBody>;

export const FeatureViewListResponse = z.strictObject({
  featureViews: z.array(FeatureViewResponse),
  onDemandFeatureViews: z.array(OnDemandFeatureViewBody),
  removed: z.array(ViewVersionBody).describe('Versions that are kept of views that are no longer defined'),
});
export type FeatureViewListResponse = z.infer<typeof FeatureViewListResponse>;

export const FeatureServiceListResponse = z.strictObject({
  featureServices: z.array(
    z.strictObject({
      name: z.string(),
      features: z.array(z.string()).describe('In the order they are answered, as view:feature or alias:feature'),
      aliases: z.array(z.strictObject({ name: z.string(), view: z.string(), joinKeys: z.array(z.string()) })),
      description: z.string(),
      owner: z.string(),
    }),
  ),
});
export type FeatureServiceListResponse = z.infer<typeof FeatureServiceListResponse>;

export const ReleaseSummaryBody = z.strictObject({
  releaseId: z.string(),
  model: z.string(),
  createdAt: Instant,
  passed: z.boolean(),
  trainingSetId: z.string(),
  metrics: z.record(z.string(), z.number()),
  manifestUri: z.string(),
  featureViews: z
    .array(z.strictObject({ view: z.string(), version: z.string() }))
    .describe('The versions of feature views it reads'),
  modelPackage: z
    .strictObject({ arn: z.string(), imageDigest: z.string().nullable() })
    .optional()
    .describe("Its package in SageMaker's model registry, and the digest of the image as SageMaker resolved it"),
});

export const ScanVerdict = DriftReport.pick({ scanId: true, releaseId: true, at: true, diagnosis: true });

export const ModelResponse = z.strictObject({
  name: z.string(),
  route: RouteBody.nullable().describe('Null while the model is defined but its stack is not deployed'),
  newestRelease: ReleaseSummaryBody.nullable(),
  newestRollout: RolloutBody.nullable(),
  hold: HoldBody.nullable().describe('Set: no rollout of the model moves forward'),
  lastScan: ScanVerdict.nullable().describe('Of drift, performance and health; null when there was none'),
  definition: OpenDocument.nullable().describe('Null when the model is deployed but no longer defined'),
});
export type ModelResponse = z.infer<typeof ModelResponse>;

export const ModelListResponse = z.strictObject({
  models: z.array(z.strictObject({ name: z.string(), route: RouteBody.nullable(), isDefined: z.boolean() })),
});
export type ModelListResponse = z.infer<typeof ModelListResponse>;

/** Query string of a list that grows. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().max(200).optional().describe('What the page before gave as `next`'),
});
export type PageQuery = z.infer<typeof PageQuery>;

export const ReleaseListResponse = z.strictObject({
  releases: z.array(ReleaseSummaryBody),
  next: z.string().nullable().describe('Cursor of the next page; null on the last'),
});
export type ReleaseListResponse = z.infer<typeof ReleaseListResponse>;

export const ReleaseResponse = z.strictObject({
  releaseId: z.string(),
  manifestUri: z.string(),
  manifest: OpenDocument,
});
export type ReleaseResponse = z.infer<typeof ReleaseResponse>;

export const AuditQuery = z.strictObject({
  model: z.string('name the model: /v1/audit?model=…').min(1, 'name the model: /v1/audit?model=…').max(200),
  from: z.coerce.number().pipe(z.int().min(1)).default(1).describe('Position of the first record wanted'),
  limit: z.coerce.number().pipe(z.int().min(1).max(500)).default(100),
});

export const AuditResponse = z.strictObject({
  records: z.array(
    z.strictObject({
      action: z.string(),
      actor: z.string(),
      at: Instant,
      detail: OpenDocument,
      model: z.string(),
      position: z.int(),
      previousHash: z.string(),
      hash: z.string(),
    }),
  ),
  next: z.int().nullable().describe('`from` of the next page; null on the last'),
});
export type AuditResponse = z.infer<typeof AuditResponse>;

export const HealthResponse = z.strictObject({ status: z.literal('ok'), version: z.string(), stage: z.string() });
export type HealthResponse = z.infer<typeof HealthResponse>;
