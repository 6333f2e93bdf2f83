import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { PredictResponse } from '../../contracts/api/predictions.ts';
import type { OneAnswer } from '../api/api-client.ts';
import { apiFailure } from '../api/api-failure.ts';
import { CliError } from '../cli-error.ts';
import { type LoadReport, loadLines, loadTally, type SentRequest } from '../load/load-report.ts';
import { openLoop } from '../load/open-loop.ts';
import { learnShape, requestOf, requestRows, unsentColumns } from '../load/request-rows.ts';
import { countText, secondsText } from '../terminal/plain-words.ts';
import type { VerbContext } from './verb-context.ts';

export interface LoadOptions {
  /** CSV with a column per join key and request-time value. */
  readonly from: string;
  readonly rps: number;
  readonly forMs: number;
  /** File that gets a line of JSON per request. */
  readonly record?: string;
}

const MAX_UNDER_WAY = 2_000;
const TELL_EVERY_MS = 1_000;

/** Asks for predictions of the rows of a file, again from its first when it ends, at an even rate. Ctrl-C ends it early. */
export async function predictLoad(
  { api, terminal }: VerbContext,
  model: string,
  { from, rps, forMs, record }: LoadOptions,
): Promise<LoadReport> {
  const path = `/v1/models/${encodeURIComponent(model)}/predictions`;
  const rows = await requestRows(from);
  const url = new URL(api.url + path);
  const shape = await learnShape(rows[0]!, url, (body) => api.postOnce(path, body)); // requestRows gives one at least
  const unsent = unsentColumns(rows[0]!, shape);
  if (unsent.length > 0) terminal.note(`not sent, because the model takes no such value: ${unsent.join(', ')}`);
  const bodies = rows.map((row) => requestOf(row, shape));
  const file = record === undefined ? null : await recordFile(record);
  const tally = loadTally(model);
  const stop = new AbortController();
  const interrupted = () => stop.abort();
  process.once('SIGINT', interrupted);
  file?.once('error', interrupted); // told when it is closed
  const beganMs = performance.now();
  const telling = setInterval(() => {
    const { requests, failed } = tally.counts();
    const after = secondsText(performance.now() - beganMs);
    terminal.progress(`${countText(requests)} requests after ${after}, ${countText(failed)} failed`);
  }, TELL_EVERY_MS);
  try {
    const loop = { requestsPerSecond: rps, forMs, maxUnderWay: MAX_UNDER_WAY, signal: stop.signal };
    const skipped = await openLoop(loop, async (index, dueMs) => {
      const body = bodies[index % bodies.length]!;
      const sentAt = new Date().toISOString();
      const answer = await api.postOnce(path, body);
      const one = sentRequest(url, sentAt, answer, performance.now() - dueMs);
      tally.add(one);
      file?.write(`${JSON.stringify({ ...one, request: body })}\n`);
    });
    return tally.report(skipped, Math.round(performance.now() - beganMs));
  } finally {
    clearInterval(telling);
    process.off('SIGINT', interrupted);
    terminal.progressEnd();
    if (file !== null) await finished(file.end());
  }
}

/** @throws CliError for a place where nothing can be written, before anything is sent */
async function recordFile(file: string): Promise<WriteStream> {
  const stream = createWriteStream(file);
  try {
    await once(stream, 'open');
    return stream;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`${file} cannot be written: ${why}`, 'name a file in a folder that is there', {}, error);
  }
}

/** @throws CliError when a request failed */
export function printLoad({ terminal }: VerbContext, report: LoadReport): void {
  for (const line of loadLines(report)) terminal.print(line);
  if (report.failed > 0) {
    throw new CliError(`${countText(report.failed)} of ${countText(report.requests)} requests failed`, '', {
      ...report,
    });
  }
  terminal.json(report);
}

function sentRequest(url: URL, sentAt: string, { status, body }: OneAnswer, latencyMs: number): SentRequest {
  const rounded = Math.round(latencyMs * 1000) / 1000;
  if (status >= 200 && status < 300) {
    const answer = body as Extract<PredictResponse, { prediction: unknown }>; // a request with entities has this answer
    const { releaseId, arm, predictionId, prediction } = answer;
    return { sentAt, status, releaseId, arm, predictionId, score: prediction.score, error: null, latencyMs: rounded };
  }
  const name = status === 0 ? 'NoAnswer' : apiFailure(status, body, url).error.name;
  const nothing = { releaseId: null, arm: null, predictionId: null, score: null };
  return { sentAt, status, ...nothing, error: name, latencyMs: rounded };
}
