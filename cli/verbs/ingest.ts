import { basename } from 'node:path';
import type {
  FileFormat,
  IngestionReport,
  IngestionRequest,
  OpenIngestionResponse,
} from '../../contracts/api/ingestions.ts';
import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import { followExecution } from '../api/follow-execution.ts';
import { hashedFile } from '../api/hashed-file.ts';
import { countText, plural } from '../terminal/plain-words.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { VerbContext } from './verb-context.ts';

export interface IngestOptions {
  /** The rows are history: known at their event time plus the source's lag. */
  readonly history: boolean;
  /** By default what the name ends in. */
  readonly format?: FileFormat | undefined;
}

export interface IngestResult {
  readonly ingestionId: string;
  /** The same file had been loaded before, and nothing was changed. */
  readonly wasLoadedBefore: boolean;
  readonly report: IngestionReport;
}

const MAX_REASONS = 5;

/** Loads a file into the source of a feature view: hashed here, uploaded, then loaded there. */
export async function ingest(
  { api, terminal }: VerbContext,
  view: string,
  file: string,
  options: IngestOptions,
): Promise<IngestResult> {
  const path = `/v1/feature-views/${encodeURIComponent(view)}/ingestions`;
  terminal.progress(`reading ${file}`);
  const facts = await factsOf(file, options);
  const opened = await api.post<OpenIngestionResponse>(path, facts);
  if (opened.state === 'committed') {
    terminal.progressEnd();
    return { ingestionId: opened.ingestionId, wasLoadedBefore: true, report: opened.report as IngestionReport }; // its own contract
  }
  if (opened.upload !== null) {
    terminal.progress(`uploading ${plural(facts.sizeBytes, 'byte')}`);
    await api.upload(opened.upload.url, opened.upload.headers, file);
  }
  const { executionId } = await api.post<ExecutionStartedResponse>(
    `${path}/${encodeURIComponent(opened.ingestionId)}`,
    facts,
  );
  const report = await followExecution<IngestionReport>(
    api,
    executionId,
    `loading ${basename(file)} into ${opened.source}`,
    terminal,
  );
  return { ingestionId: opened.ingestionId, wasLoadedBefore: false, report };
}

export function printIngestion(
  { terminal }: VerbContext,
  { report, wasLoadedBefore, ingestionId }: IngestResult,
): void {
  terminal.json({ ingestionId, wasLoadedBefore, ...report });
  const { colors } = terminal;
  const outcome = wasLoadedBefore ? 'was loaded before; nothing has changed' : 'is loaded';
  terminal.print(`${colors.green('✓')} ${report.fileName} ${outcome}`);
  printRows(terminal, report);
}

/** What became of the rows of a file, or of a table. */
export function printRows(terminal: Terminal, report: Omit<IngestionReport, 'fileName' | 'sha256'>): void {
  const { colors } = terminal;
  terminal.print(`  rows read         ${countText(report.rowsRead)}`);
  terminal.print(`  rows written      ${countText(report.rowsWritten)}`);
  terminal.print(`  rows quarantined  ${countText(report.rowsQuarantined)}`);
  const reasons = Object.entries(report.reasons).sort(([, a], [, b]) => b - a);
  for (const [reason, rows] of reasons.slice(0, MAX_REASONS))
    terminal.print(`    ${colors.yellow(countText(rows))} ${reason}`);
  if (reasons.length > MAX_REASONS) terminal.print(`    and ${plural(reasons.length - MAX_REASONS, 'more reason')}`);
  if (report.quarantineUri !== null) terminal.print(`  they are kept in  ${report.quarantineUri}`);
  if (report.ignoredColumns.length > 0) terminal.print(`  columns ignored   ${report.ignoredColumns.join(', ')}`);
}

async function factsOf(file: string, options: IngestOptions): Promise<IngestionRequest> {
  const facts = { fileName: basename(file), ...(await hashedFile(file)), history: options.history };
  return options.format === undefined ? facts : { ...facts, format: options.format };
}
