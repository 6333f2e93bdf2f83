import * as z from 'zod';
import { VALUE_TYPES } from '../../core/definitions/value-type.ts';
import { MAX_FEATURES } from '../../core/training-set/wanted-features.ts';
import { DefinedName, Download, OpenDocument, Sha256 } from './api-values.ts';
import { FILE_FORMATS, FileSize, FileUpload } from './ingestions.ts';

export const EntityTableRequest = z.strictObject({
  sha256: Sha256,
  sizeBytes: FileSize,
});
export type EntityTableRequest = z.infer<typeof EntityTableRequest>;

export const EntityTableResponse = z.strictObject({
  sha256: z.string(),
  state: z.enum(['awaiting-upload', 'uploaded']),
  upload: FileUpload.nullable().describe('Null when the file is there already'),
});
export type EntityTableResponse = z.infer<typeof EntityTableResponse>;

const FileColumn = z.string().min(1).max(200);

export const EntityFile = z.strictObject({
  sha256: Sha256.describe('Of a file that was uploaded as an entity table'),
  format: z.enum(FILE_FORMATS),
  csv: z
    .strictObject({
      delimiter: z
        .string()
        .length(1)
        .refine((one) => !/["\r\n]/.test(one), 'must not be a quote or end lines')
        .default(','),
      nulls: z.array(z.string().max(100)).max(20).default([]).describe('Cells that mean a missing value'),
    })
    .default({ delimiter: ',', nulls: [] }),
});

/** A new training set of an uploaded entity table, or an old one once more. */
export const TrainingSetRequest = z
  .strictObject({
    features: z.array(z.string().max(200)).min(1).max(MAX_FEATURES).optional().describe('References `view:feature`'),
    featureService: DefinedName.optional().describe('All features of a service, under its aliases'),
    entities: EntityFile.optional(),
    timestampColumn: FileColumn.default('event_timestamp').describe('Column with the instant of each row'),
    mapping: z.record(FileColumn, FileColumn).default({}).describe('New names of columns, by their names in the file'),
    types: z
      .record(FileColumn, z.enum(VALUE_TYPES))
      .default({})
      .describe('Types of columns that are carried through; told from the values when left out'),
    snapshotOf: Sha256.optional().describe('Read the views as this training set read them, not as they are now'),
    reproduce: Sha256.optional().describe('Alone: the id of a training set that is to be made again, byte for byte'),
  })
  .refine((body) => body.reproduce !== undefined || isSelection(body), {
    error: 'give "entities" and exactly one of "features" and "featureService"; or "reproduce" alone',
  })
  .refine((body) => body.reproduce === undefined || !mentionsSelection(body), {
    error:
      '"reproduce" repeats everything of an earlier training set; leave out features, featureService, entities and snapshotOf',
  });
export type TrainingSetRequest = z.infer<typeof TrainingSetRequest>;

interface Selection {
  readonly features?: unknown;
  readonly featureService?: unknown;
  readonly entities?: unknown;
  readonly snapshotOf?: unknown;
}

function isSelection({ features, featureService, entities }: Selection): boolean {
  return entities !== undefined && (features === undefined) !== (featureService === undefined);
}

function mentionsSelection({ features, featureService, entities, snapshotOf }: Selection): boolean {
  return [features, featureService, entities, snapshotOf].some((member) => member !== undefined);
}

export const TrainingSetResponse = z.strictObject({
  trainingSetId: z.string(),
  uri: z.string().describe('`s3://bucket/prefix/` of its files'),
  rows: z.int(),
  trainingSet: OpenDocument.describe('`training-set.json`: features, versions, watermarks, query, files, null shares'),
  downloads: z
    .array(Download)
    .describe('Parquet files; one after the other they hold the rows in the order of the entity table'),
});
export type TrainingSetResponse = z.infer<typeof TrainingSetResponse>;
