import { type Command, InvalidArgumentError, Option } from 'commander';
import { FILE_FORMATS } from '../../contracts/api/ingestions.ts';
import { VALUE_TYPES } from '../../core/definitions/value-type.ts';
import { printTrainingSet, type TrainingSetOptions, trainingSet } from './training-set.ts';
import type { VerbContext } from './verb-context.ts';

/** Arguments and options of `training-set`. */
export function describeTrainingSet<O>(command: Command, contextOf: (options: O) => VerbContext): void {
  command
    .description('features as they were known at the instant of each row of a file, as Parquet')
    .option('--features <refs>', 'view:feature, separated by commas; may be repeated', refs)
    .option('--service <name>', 'all features of a feature service')
    .option(
      '--entities <file>',
      'CSV, Parquet or JSON lines: join keys, an instant, and what else is to be carried through',
    )
    .addOption(new Option('--format <format>', 'of the file; by default what its name ends in').choices(FILE_FORMATS))
    .option('--delimiter <character>', 'between the cells of a CSV file, by default a comma')
    .option('--timestamp-column <name>', 'column with the instant of each row, by default event_timestamp')
    .option('--map <from=to>', 'gives a column of the file another name; may be repeated', pair, {})
    .option('--type <column=type>', `type of a carried column (${VALUE_TYPES.join(', ')}); may be repeated`, pair, {})
    .option('--snapshot-of <id>', 'read the views as this training set read them')
    .option('--reproduce <id>', 'make an earlier training set again, byte for byte')
    .option('--out <path>', 'download to this folder, or to this file when it ends in .parquet')
    .action(async (id: string | undefined, options: O & TrainingSetOptions) => {
      const context = contextOf(options);
      printTrainingSet(context, await trainingSet(context, id, options));
    });
}

function refs(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((ref) => ref.trim())];
}

function pair(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError('It has the form NAME=VALUE.');
}
