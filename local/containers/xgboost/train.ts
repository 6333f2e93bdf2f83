import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InvalidInputError, PlatformError } from '../../../core/errors.ts';
import { writeXgboostModel } from '../../../core/trees/write-xgboost-model.ts';
import { boost } from './boosting/boost.ts';
import type { ContainerPaths } from './container-paths.ts';
import { readChannel } from './data/read-channel.ts';
import { readHyperparameters } from './hyperparameters.ts';

/** What the image's log shows between metrics: a tab, as syslog escapes it; SageMaker's metric patterns expect it. */
const TAB = '#011';

/**
 * Runs the training command: reads the channels `train` and, when present, `validation`, prints a line of metrics per
 * round, and writes `model/xgboost-model`.
 *
 * @returns the exit code: 0, or 1 after writing the reason to `output/failure`
 */
export async function train(paths: ContainerPaths, print: (line: string) => void): Promise<number> {
  try {
    const parameters = readHyperparameters(readJson(paths.hyperparameters));
    const channels = readJson(paths.inputDataConfig);
    const unknown = Object.keys(channels).filter((name) => !['train', 'validation'].includes(name));
    if (unknown.length > 0) throw new InvalidInputError(`channel ${unknown[0]} is not known; known: train, validation`);
    if (channels['train'] === undefined) throw new InvalidInputError('channel train is missing; it is required');
    const matrix = await readChannel(paths.channel('train'), 'train', contentType(channels['train']));
    const validation =
      channels['validation'] === undefined
        ? undefined
        : await readChannel(paths.channel('validation'), 'validation', contentType(channels['validation']));
    print(`Train matrix has ${matrix.rowCount} rows and ${matrix.columnCount} columns`);
    if (validation !== undefined) print(`Validation matrix has ${validation.rowCount} rows`);
    const model = await boost(matrix, validation, parameters, async ({ round, scores }) => {
      print(
        `[${round}]${scores.map(({ dataSet, metric, value }) => `${TAB}${dataSet}-${metric}:${value.toFixed(5)}`).join('')}`,
      );
      await setImmediate(); // lets the process notice that its parent is gone
    });
    save(join(paths.model, 'xgboost-model'), writeXgboostModel(model));
    return 0;
  } catch (error) {
    const isUsersFault = error instanceof PlatformError && error.kind === 'invalid-input';
    const reason = `${isUsersFault ? 'ClientError' : 'InternalServerError'}: ${error instanceof Error ? error.message : String(error)}`;
    save(paths.failure, reason);
    print(isUsersFault ? reason : `${reason}\n${error instanceof Error ? error.stack : ''}`);
    return 1;
  }
}

function readJson(file: string): Record<string, unknown> {
  if (!existsSync(file))
    throw new InvalidInputError(`${file} is missing; SageMaker writes it before it starts the container`);
  const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new InvalidInputError(`${file} is not a JSON object`);
  }
  return document as Record<string, unknown>; // an object, checked above
}

function contentType(channel: unknown): string | undefined {
  const type = (channel as { ContentType?: unknown } | null)?.ContentType; // any shape may stand here
  return typeof type === 'string' ? type : undefined;
}

/** Whole or not at all: the file appears under its name once it is complete. */
function save(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = join(dirname(file), `.${process.pid}.tmp`);
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}
