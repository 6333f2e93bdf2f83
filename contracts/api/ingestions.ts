import * as z from 'zod';
import { Instant, OpenDocument, Sha256 } from './api-values.ts';

export const FILE_FORMATS = ['csv', 'parquet', 'jsonl'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** Largest file: it is held in memory while it is loaded, so larger data comes as several files. */
const MAX_FILE_BYTES = 1024 ** 3;

export const FileSize = z
  .int()
  .min(1, 'the file is empty')
  .max(MAX_FILE_BYTES, 'must be at most 1 GiB; split the file');

/** Facts of a file; the same facts open and start its ingestion. */
export const IngestionRequest = z.strictObject({
  fileName: z.string().min(1).max(255),
  format: z.enum(FILE_FORMATS).optional().describe('By default what the name ends in: .csv, .parquet, .jsonl'),
  sha256: Sha256.describe('Of the file'),
  sizeBytes: FileSize,
  history: z
    .boolean()
    .default(false)
    .describe('The rows were known at their event time plus the source’s lag, not only from now on'),
});
export type IngestionRequest = z.infer<typeof IngestionRequest>;

export const IngestionReport = z.strictObject({
  rowsRead: z.int(),
  rowsWritten: z.int(),
  rowsQuarantined: z.int(),
  reasons: z.record(z.string(), z.int()).describe('Quarantined rows by reason'),
  quarantineUri: z.string().nullable().describe('Where the quarantined rows lie; null when there are none'),
  ignoredColumns: z.array(z.string()).describe('Columns of the file that the source does not declare'),
  fileName: z.string(),
  sha256: z.string(),
});
export type IngestionReport = z.infer<typeof IngestionReport>;

/** How to upload a file that was announced. */
export const FileUpload = z.strictObject({
  method: z.literal('PUT'),
  url: z.string(),
  headers: z.record(z.string(), z.string()).describe('Send them as they are'),
  expiresAt: Instant,
});
export type FileUpload = z.infer<typeof FileUpload>;

export const OpenIngestionResponse = z.strictObject({
  ingestionId: z.string(),
  source: z.string(),
  state: z.enum(['awaiting-upload', 'uploaded', 'committed']),
  upload: FileUpload.nullable().describe('Null when the file is there already'),
  report: OpenDocument.nullable().describe('What the load reported; null until it is committed'),
});
export type OpenIngestionResponse = z.infer<typeof OpenIngestionResponse>;
