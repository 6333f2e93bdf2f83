import { type Command, Option } from 'commander';
import { FILE_FORMATS } from '../../contracts/api/ingestions.ts';
import { UsageError } from '../cli-error.ts';
import { assertAlone } from './assert-alone.ts';
import {
  type BatchPredictOptions,
  batchPredict,
  printBatchPrediction,
  printBatchPredictions,
} from './batch-predict.ts';
import type { VerbContext } from './verb-context.ts';

/** Arguments and options of `batch-predict`. */
export function describeBatchPredict<O>(
  command: Command,
  contextOf: (options: O) => VerbContext,
  instant: (text: string) => string,
): void {
  command
    .description('score entities with a model’s champion: all that its feature views know, or those of a file')
    .option('--entities <file>', 'CSV, Parquet or JSON lines with a column for each join key and value of a request')
    .addOption(new Option('--format <format>', 'of the file; by default what its name ends in').choices(FILE_FORMATS))
    .option('--delimiter <character>', 'between the cells of a CSV file, by default a comma')
    .option('--as-of <instant>', 'with features as they were known at this instant (ISO 8601); by default now', instant)
    .option('--download <path>', 'to this folder, or to this file when it ends in .parquet')
    .option('--list', 'show the newest batch predictions instead of making one', false)
    .action(async (model: string, options: O & BatchPredictOptions) => {
      assertFitting(options);
      const context = contextOf(options);
      if (options.list === true) await printBatchPredictions(context, model);
      else printBatchPrediction(context, await batchPredict(context, model, options));
    });
}

function assertFitting(options: BatchPredictOptions): void {
  const ofFile = { format: '--format', delimiter: '--delimiter' } as const;
  if (options.list === true) {
    assertAlone('--list', options, { entities: '--entities', asOf: '--as-of', download: '--download', ...ofFile });
  }
  const { entities, format, delimiter } = options;
  if (entities === undefined && (format ?? delimiter) !== undefined) {
    throw new UsageError('--format and --delimiter are of a file, and none is given; give --entities FILE');
  }
}
