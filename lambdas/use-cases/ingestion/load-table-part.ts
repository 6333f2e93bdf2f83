import type { IngestionReport } from '../../../contracts/api/ingestions.ts';
import type { TableIngestionReport } from '../../../contracts/api/table-ingestions.ts';
import type { IngestionTask } from '../../../contracts/ingestion-task.ts';
import type { LoadedTablePart, LoadTableRequest, TableIngestionPlan } from '../../../contracts/table-ingestion-flow.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { FileRejectedError } from '../../../core/ingestion/file-rejected-error.ts';
import type { ObjectFacts } from '../../ports/object-store.ts';
import { type LoadFileDeps, loadFile } from './load-file.ts';

/** A file is held in memory while it is loaded. */
const MAX_FILE_BYTES = 1024 ** 3;

/**
 * Loads one of the files that a table's rows were written to, as a run of its own. The same call again gives the same
 * answer: the files do not change once the query has ended, and a committed run is not loaded twice.
 *
 * @throws FileRejectedError when no row of the file fits the source, or it is too large
 */
export async function loadTablePart(deps: LoadFileDeps, ask: LoadTableRequest): Promise<LoadedTablePart> {
  const { plan, cursor } = ask;
  const files = await deps.objects.list(deps.offlineBucket, plan.prefix);
  const before = ask.report ?? emptyReport(plan);
  const file = files[cursor];
  if (file === undefined) return { done: true, cursor, report: before };

  const task = await taskOf(deps, plan, file, cursor);
  const loaded = await loadedRows({ ...deps, definitions: underOwnNames(deps.definitions) }, task);
  const report = loaded === null ? before : together(before, loaded, quarantineFolder(deps.offlineBucket, plan));
  return { done: cursor + 1 >= files.length, cursor: cursor + 1, report };
}

/** Null for a file without rows, which a query that finds none may write. */
async function loadedRows(deps: LoadFileDeps, task: IngestionTask): Promise<IngestionReport | null> {
  try {
    return await loadFile(deps, task);
  } catch (error) {
    if (error instanceof FileRejectedError && error.details['rowsRead'] === 0) return null;
    throw error;
  }
}

async function taskOf(
  { objects, tables, offlineBucket: bucket }: LoadFileDeps,
  plan: TableIngestionPlan,
  { key, sizeBytes }: ObjectFacts,
  cursor: number,
): Promise<IngestionTask> {
  if (sizeBytes > MAX_FILE_BYTES) {
    throw new FileRejectedError(
      `a part of ${plan.from} has ${sizeBytes} bytes; at most ${MAX_FILE_BYTES} can be loaded: take fewer rows with "since"`,
      { key, sizeBytes, maxBytes: MAX_FILE_BYTES },
    );
  }
  // what makes the first load of a source history holds for all files of it
  const first = cursor === 0 ? null : await tables.run(plan.table, runIdOf(plan, 0));
  return {
    ingestionId: `${plan.ingestionId}/${cursor}`,
    source: plan.source,
    table: plan.table,
    runId: runIdOf(plan, cursor),
    key,
    format: 'parquet',
    sha256: sha256Hex(await objects.get({ bucket, key })),
    sizeBytes,
    fileName: `${plan.from}, part ${cursor}`,
    history: plan.history || first?.isFirst === true,
  };
}

/** The state machine makes the same name, to give up the run of a part that failed. */
function runIdOf({ ingestionId }: TableIngestionPlan, cursor: number): string {
  return `${ingestionId}-${cursor}`;
}

/** The query has given the columns the source's own names. */
function underOwnNames(definitions: Definitions): Definitions {
  const sources = definitions.sources.map((source) => ({
    ...source,
    columns: source.columns.map((column) => ({ ...column, from: column.name })),
  }));
  return { ...definitions, sources };
}

function emptyReport({ ingestionId, from }: TableIngestionPlan): TableIngestionReport {
  return {
    ingestionId,
    table: from,
    files: 0,
    rowsRead: 0,
    rowsWritten: 0,
    rowsQuarantined: 0,
    reasons: {},
    quarantineUri: null,
    ignoredColumns: [],
  };
}

function together(before: TableIngestionReport, part: IngestionReport, quarantineUri: string): TableIngestionReport {
  const reasons = { ...before.reasons };
  for (const [reason, rows] of Object.entries(part.reasons)) reasons[reason] = (reasons[reason] ?? 0) + rows;
  return {
    ...before,
    files: before.files + 1,
    rowsRead: before.rowsRead + part.rowsRead,
    rowsWritten: before.rowsWritten + part.rowsWritten,
    rowsQuarantined: before.rowsQuarantined + part.rowsQuarantined,
    reasons,
    quarantineUri: part.quarantineUri === null ? before.quarantineUri : quarantineUri,
  };
}

/** Where `loadFile` sets the bad rows of every part aside. */
function quarantineFolder(bucket: string, { source, ingestionId }: TableIngestionPlan): string {
  return `s3://${bucket}/quarantine/${source}/${ingestionId}/`;
}
