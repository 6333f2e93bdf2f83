import { basename } from 'node:path';
import type { BatchPredictionListResponse } from '../../contracts/api/batch-predictions.ts';
import { formatOfName } from '../../contracts/api/file-format.ts';
import { FILE_FORMATS, type FileFormat } from '../../contracts/api/ingestions.ts';
import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type { EntityTableResponse } from '../../contracts/api/training-sets.ts';
import type { BatchPredictionReport } from '../../contracts/batch-prediction.ts';
import type { NothingToDo } from '../../contracts/nothing-to-do.ts';
import { followExecution } from '../api/follow-execution.ts';
import { hashedFile } from '../api/hashed-file.ts';
import { CliError, UsageError } from '../cli-error.ts';
import { countText, numberText, plural, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import { unreadableLines } from '../terminal/unreadable-lines.ts';
import { downloadParts } from './download-parts.ts';
import type { VerbContext } from './verb-context.ts';

export interface BatchPredictOptions {
  readonly entities?: string | undefined;
  readonly format?: FileFormat | undefined;
  readonly delimiter?: string | undefined;
  readonly asOf?: string | undefined;
  readonly download?: string | undefined;
  readonly list?: boolean | undefined;
}

type Listed = BatchPredictionListResponse['batchPredictions'][number];

export interface BatchPredicted {
  readonly report: BatchPredictionReport | NothingToDo;
  /** Files that were written here. */
  readonly files: readonly string[];
}

/** Scores entities with a model's champion, waits for the results, and downloads them when a place for them is named. */
export async function batchPredict(
  context: VerbContext,
  model: string,
  options: BatchPredictOptions,
): Promise<BatchPredicted> {
  const { api, terminal } = context;
  const path = `/v1/models/${encodeURIComponent(model)}/batch-predictions`;
  const entities = options.entities === undefined ? undefined : await uploaded(context, options.entities, options);
  const { executionId } = await api.post<ExecutionStartedResponse>(path, { asOf: options.asOf, entities });
  const whom = options.entities === undefined ? 'every entity that its views know' : basename(options.entities);
  const report = await followExecution<BatchPredictionReport | NothingToDo>(
    api,
    executionId,
    `${model} on ${whom}`,
    terminal,
  );
  if ('action' in report || options.download === undefined) return { report, files: [] };
  const { batchPredictions } = await api.get<BatchPredictionListResponse>(path);
  const listed = batchPredictions.find(({ batchId }) => batchId === report.batchId);
  if (listed === undefined || listed.downloads.length < report.files.length) {
    throw new CliError(`the results cannot be downloaded by now; they lie at ${report.uri}`, 'read them from there', {
      uri: report.uri,
    });
  }
  const again = `headgate batch-predict ${model} --download DIR; this run's files lie at ${report.uri}`;
  return { report, files: await downloadParts(context, listed.downloads, options.download, again) };
}

async function uploaded({ api, terminal }: VerbContext, file: string, options: BatchPredictOptions): Promise<object> {
  const format = options.format ?? formatOfName(file);
  if (format === null) {
    throw new UsageError(
      `the format of "${file}" cannot be told from its name; give --format: ${FILE_FORMATS.join(', ')}`,
    );
  }
  terminal.progress(`reading ${file}`);
  const facts = await hashedFile(file);
  const { upload } = await api.post<EntityTableResponse>('/v1/entity-tables', facts);
  if (upload !== null) {
    terminal.progress(`uploading ${plural(facts.sizeBytes, 'byte')}`);
    await api.upload(upload.url, upload.headers, file);
  }
  return {
    sha256: facts.sha256,
    format,
    ...(options.delimiter !== undefined && { csv: { delimiter: options.delimiter } }),
  };
}

export function printBatchPrediction({ terminal }: VerbContext, { report, files }: BatchPredicted): void {
  const { colors } = terminal;
  if ('action' in report) {
    terminal.json({ ...report, files });
    terminal.print(`nothing was predicted: ${report.because}`);
    return;
  }
  terminal.json({ ...report, files });
  const of = report.rows === report.scored ? '' : ` of ${countText(report.rows)}`;
  terminal.print(
    `${colors.green('✓')} ${countText(report.scored)}${of} entities scored by release ${shortId(report.releaseId)} as of ${report.asOf}`,
  );
  if (report.refused > 0) {
    terminal.print(
      `  refused   ${countText(report.refused)}, which lack features that the model does not answer without`,
    );
  }
  if (report.meanScore !== null) {
    const positive = report.positive === null ? '' : `, ${countText(report.positive)} positive`;
    terminal.print(`  scores    ${numberText(report.meanScore)} on average${positive}`);
  }
  if (report.published !== null) {
    const { written, stale } = report.published;
    const kept = stale === 0 ? '' : `, ${countText(stale)} of a later run stayed`;
    terminal.print(`  online    ${countText(written)} answers${kept}`);
  }
  if (report.job !== null) terminal.print(`  job       ${jobText(report.job)}`);
  terminal.print(`  lies at   ${report.uri}`);
  for (const file of files) terminal.print(`  written   ${file}`);
}

/** The newest batch predictions of a model. */
export async function printBatchPredictions({ api, terminal }: VerbContext, model: string): Promise<void> {
  const path = `/v1/models/${encodeURIComponent(model)}/batch-predictions`;
  const answer = await api.get<BatchPredictionListResponse>(path);
  terminal.json(answer);
  for (const line of unreadableLines(answer.unreadable)) terminal.print(line);
  if (answer.batchPredictions.length === 0) {
    terminal.print(`model ${model} has no batch predictions yet; make one: headgate batch-predict ${model}`);
    return;
  }
  const rows = answer.batchPredictions.map((one: Listed) => [
    one.at,
    shortId(one.releaseId),
    countText(one.scored),
    countText(one.refused),
    one.published === null ? '-' : countText(one.published.written),
    one.job?.usd == null ? '-' : `$${one.job.usd.toFixed(4)}`,
    one.uri,
  ]);
  const heads = ['ENDED', 'RELEASE', 'SCORED', 'REFUSED', 'ONLINE', 'COST', 'RESULTS'];
  for (const line of tableLines(heads, rows)) terminal.print(line);
}

function jobText({ seconds, instanceType, instances, usd }: NonNullable<BatchPredictionReport['job']>): string {
  const cost = usd === null ? 'price unknown' : `$${usd.toFixed(4)} at list price`;
  return `${numberText(seconds)} s on ${instances} × ${instanceType}, ${cost}`;
}
