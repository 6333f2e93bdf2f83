import type { FileFormat } from './ingestions.ts';

const ENDINGS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  data: 'csv',
  txt: 'csv',
  parquet: 'parquet',
  pq: 'parquet',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};

/** The format that a file's name tells; null when it tells none. */
export function formatOfName(fileName: string): FileFormat | null {
  return ENDINGS[fileName.toLowerCase().split('.').at(-1) ?? ''] ?? null;
}
