import * as z from 'zod';
import { FEATURE_STATUSES } from '../../core/serving/prediction-record.ts';
import { DefinedName, Instant, JsonValue } from './api-values.ts';

/** Feast's request: `features`, or the name of a feature service or model. Null and [] are as good as left out. */
export const GetOnlineFeaturesRequest = z
  .strictObject({
    features: z
      .array(z.string().max(200))
      .max(1000)
      .nullish()
      .describe('References `view:feature` or `view@version:feature`, to feature views and on-demand feature views'),
    feature_service: DefinedName.nullish().describe('Name of a feature service, or of a model for all of its inputs'),
    entities: z
      .record(z.string(), z.array(JsonValue).max(1000))
      .describe(
        'One list per join key and per request-time value, all of the same length: one place per entity. ' +
          'A null join key has no features; lists that nothing needs are ignored',
      ),
    full_feature_names: z.boolean().default(false).describe('Answer names as `view__feature`'),
    include_feature_view_version_metadata: z.boolean().default(false),
  })
  .refine((body) => (body.features ?? []).length > 0 !== (body.feature_service != null), {
    error: 'give exactly one of "features" and "feature_service"',
  });
export type GetOnlineFeaturesRequest = z.infer<typeof GetOnlineFeaturesRequest>;

export const GetOnlineFeaturesResponse = z.strictObject({
  results: z
    .array(
      z.strictObject({
        values: z.array(JsonValue).describe('Timestamps as whole epoch seconds'),
        statuses: z.array(z.enum(FEATURE_STATUSES)),
        event_timestamps: z.array(Instant).describe('1970-01-01T00:00:00Z where there is none'),
      }),
    )
    .describe('One entry per name in `feature_names`; inside it one place per entity'),
  metadata: z.strictObject({
    feature_names: z.array(z.string()).describe('Join keys first, then the features in the order asked'),
    feature_view_metadata: z
      .array(
        z.strictObject({
          name: z.string().describe('Of the view or alias'),
          version: z.int().describe('The first seven digits of `digest`, as a number'),
          digest: z.string().describe('Version of the view'),
        }),
      )
      .optional(),
  }),
});
export type GetOnlineFeaturesResponse = z.infer<typeof GetOnlineFeaturesResponse>;

const MAX_PUSHED_ROWS = 1000;

export const PushRequest = z.strictObject({
  push_source_name: DefinedName.describe('Name of a source, or of a feature view that reads it'),
  df: z
    .record(z.string(), z.array(JsonValue).max(MAX_PUSHED_ROWS))
    .describe('One list per column, all of the same length'),
  to: z.enum(['online', 'offline', 'online_and_offline']).default('online'),
  allow_registry_cache: z.boolean().optional().describe("Accepted for Feast's clients; changes nothing"),
  transform_on_write: z.boolean().optional().describe("Accepted for Feast's clients; changes nothing"),
});
export type PushRequest = z.infer<typeof PushRequest>;

export const PushResponse = z.strictObject({
  accepted: z.int().describe('Rows that are now stored where `to` says'),
  rejected: z
    .array(z.strictObject({ row: z.int().describe('Place in the lists, from 0'), reason: z.string() }))
    .describe('Rows that were not stored, and why'),
  online: z
    .strictObject({ written: z.int(), stale: z.int() })
    .nullable()
    .describe('Items brought online, and items older than what was there; null when `to` is offline'),
  ignored_columns: z.array(z.string()).describe('Columns that the source does not declare'),
  set_aside: z
    .array(z.strictObject({ row: z.int(), view: z.string(), rules: z.array(z.string()) }))
    .describe('Rows that are stored and that a feature view leaves out, by the quarantine rules they break'),
});
export type PushResponse = z.infer<typeof PushResponse>;
