import type { ObjectLocation } from '../../ports/object-store.ts';

/** Where the entities that a query found lie in the offline bucket. */
export function foundEntitiesPrefix(batchId: string): string {
  return `batch-entities/${batchId}/`;
}

/** What is known of a part after it was encoded, and after its results were written, in the offline bucket. */
export function partFactsKey(batchId: string, part: number, of: 'encoded' | 'scored'): string {
  return `batch-part/${batchId}/${of}-${digits(part)}.json`;
}

interface Run {
  readonly model: string;
  readonly batchId: string;
}

/** Rows that the transform job reads and scores that it writes, in the artifact bucket; gone when the run has ended. */
export function inputPrefix({ model, batchId }: Run): string {
  return `batch-input/${model}/${batchId}/`;
}

export function outputPrefix({ model, batchId }: Run): string {
  return `batch-output/${model}/${batchId}/`;
}

/** Results, in the artifact bucket. */
export function resultPrefix({ model, batchId }: Run): string {
  return `batch-prediction/${model}/${batchId}/`;
}

export function resultManifest(bucket: string, run: Run): ObjectLocation {
  return { bucket, key: `${resultPrefix(run)}manifest.json` };
}

export function resultName(part: number): string {
  return `part-${digits(part)}.parquet`;
}

/** Name of one of the files that the rows of a part are asked in. */
export function inputName(part: number, file: number): string {
  return `part-${digits(part)}-${String(file).padStart(3, '0')}.csv`;
}

function digits(part: number): string {
  return String(part).padStart(5, '0');
}
