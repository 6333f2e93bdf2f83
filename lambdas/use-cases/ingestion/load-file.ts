import type { FileFormat, IngestionReport } from '../../../contracts/api/ingestions.ts';
import type { IngestionTask } from '../../../contracts/ingestion-task.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';
import { MINUTE_MS } from '../../../core/clock.ts';
import { byName, type Definitions } from '../../../core/definitions/definitions.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { type CheckedRow, checkRow } from '../../../core/ingestion/check-row.ts';
import { FileRejectedError } from '../../../core/ingestion/file-rejected-error.ts';
import { keyPlaces } from '../../../core/ingestion/key-places.ts';
import { runPrefix } from '../../../core/offline/table-layout.ts';
import { type ObjectLocation, ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import type { RowFile, RowReader } from '../../ports/row-reader.ts';
import type { TableLog } from '../../ports/table-log.ts';
import { abandonRun } from '../tables/abandon-run.ts';
import { type Quarantine, quarantine } from './quarantine.ts';
import { type SourceParts, sourceParts } from './source-parts.ts';

/** Longer than the function may run, so that a run whose lease has passed is surely dead. */
const LEASE_MS = 20 * MINUTE_MS;

export interface LoadFileDeps {
  readonly definitions: Definitions;
  readonly objects: ObjectStore;
  readonly offlineBucket: string;
  readonly tables: TableLog;
  readonly parquet: ParquetFiles;
  readonly readers: Readonly<Record<FileFormat, RowReader>>;
}

/**
 * Loads an uploaded file into its source's table: good rows once, bad rows counted and set aside. The same task again
 * gives the same result, wherever the one before it stopped; a committed load answers its report and changes nothing.
 *
 * @throws FileRejectedError when the file as a whole cannot be loaded; nothing is written then
 * @throws TableBusyError while the rows of an attempt that was given up are being deleted
 */
export async function loadFile(deps: LoadFileDeps, task: IngestionTask): Promise<IngestionReport> {
  const { tables, objects, offlineBucket: bucket } = deps;
  const source = byName('source', deps.definitions.sources, task.source);
  const known = await tables.run(task.table, task.runId);
  if (known?.state === 'committed') return reportOf(known);

  const file = await deps.readers[task.format].open(source, await landedBytes(objects, bucket, task));
  const opened = await tables.open(task.table, task.runId, LEASE_MS, 'beside-others');
  if (opened.state === 'committed') return reportOf(opened.run);

  const own = { runId: task.runId, loadedAtMs: opened.loadedAtMs };
  for (const run of [...opened.mustClean, own]) await objects.deleteAll(bucket, runPrefix(task.table, run));
  const { loadedAtMs } = opened;
  const isHistory = opened.isFirst || task.history;
  const parts = sourceParts(objects, deps.parquet, {
    source,
    bucket,
    prefix: runPrefix(task.table, own),
    loadedAtMs,
    isHistory,
    isServed: false,
  });
  try {
    const bad = quarantine();
    const keys = keyPlaces(deps.definitions, source);
    const rowsRead = await takeRows(source, file, parts, bad, (cells) => checkRow(source, cells, loadedAtMs, keys));
    if (bad.count() === rowsRead) throw allBad(task, rowsRead, bad);
    const facts = await parts.finish();
    const quarantineUri = await keepQuarantine(objects, bucket, task, bad);
    const report: IngestionReport = {
      rowsRead,
      rowsWritten: facts.rows,
      rowsQuarantined: bad.count(),
      reasons: bad.reasons(),
      quarantineUri,
      ignoredColumns: [...file.ignoredColumns()],
      fileName: task.fileName,
      sha256: task.sha256,
    };
    await tables.commit(task.table, task.runId, { ...facts, materializedToMs: null, report });
    return report;
  } catch (error) {
    if (error instanceof FileRejectedError) {
      await abandonRun(deps, { table: task.table, runId: task.runId, prefixes: [], reason: error.message });
    }
    throw error;
  }
}

async function takeRows(
  source: Source,
  file: RowFile,
  parts: SourceParts,
  bad: Quarantine,
  check: (cells: readonly unknown[]) => CheckedRow,
): Promise<number> {
  let rowsRead = 0;
  for await (const batch of file.batches()) {
    for (const raw of batch) {
      rowsRead++;
      if ('problem' in raw) {
        bad.add(source, raw, raw.problem);
        continue;
      }
      const checked = check(raw.cells);
      if (checked.isGood) await parts.add(checked, raw.row);
      else bad.add(source, raw, checked.reason);
    }
  }
  return rowsRead;
}

/** The uploaded bytes, and no others. */
async function landedBytes(objects: ObjectStore, bucket: string, task: IngestionTask): Promise<Uint8Array> {
  const location: ObjectLocation = { bucket, key: task.key };
  const bytes = await objects.get(location).catch((error: unknown) => {
    if (!(error instanceof ObjectNotFoundError)) throw error;
    throw new FileRejectedError(`file "${task.fileName}" has not been uploaded; open the ingestion and upload it`, {
      key: task.key,
    });
  });
  if (bytes.length === task.sizeBytes && sha256Hex(bytes) === task.sha256) return bytes;
  throw new FileRejectedError(
    `the upload is not the file that was announced: ${bytes.length} bytes of ${task.sizeBytes}; upload it again`,
    { sizeBytes: bytes.length, expectedSizeBytes: task.sizeBytes, expectedSha256: task.sha256 },
  );
}

async function keepQuarantine(
  objects: ObjectStore,
  bucket: string,
  task: IngestionTask,
  bad: Quarantine,
): Promise<string | null> {
  if (bad.count() === 0) return null;
  const key = `quarantine/${task.source}/${task.ingestionId}.jsonl`;
  await objects.put({ bucket, key }, new TextEncoder().encode(bad.lines()), 'application/x-ndjson');
  return `s3://${bucket}/${key}`;
}

function allBad(task: IngestionTask, rowsRead: number, bad: Quarantine): FileRejectedError {
  if (rowsRead === 0) return new FileRejectedError(`file "${task.fileName}" has no rows`, { rowsRead });
  const [[reason = '', count = 0] = []] = Object.entries(bad.reasons());
  return new FileRejectedError(
    `none of the ${rowsRead} rows of "${task.fileName}" fits source "${task.source}"; most often (${count}): ${reason}`,
    { rowsRead, reasons: bad.reasons(), examples: bad.examples() },
  );
}

function reportOf(run: { readonly facts: { readonly report: object } | null }): IngestionReport {
  return run.facts?.report as IngestionReport; // committed by this use case alone
}
