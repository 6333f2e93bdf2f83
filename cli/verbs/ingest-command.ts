import { type Command, Option } from 'commander';
import { FILE_FORMATS, type FileFormat } from '../../contracts/api/ingestions.ts';
import { UsageError } from '../cli-error.ts';
import { ingest, printIngestion } from './ingest.ts';
import { ingestTable, printTableIngestion } from './ingest-table.ts';
import type { VerbContext } from './verb-context.ts';

interface IngestFlags {
  readonly history: boolean;
  readonly format?: FileFormat;
  readonly table?: string;
  readonly since?: string;
}

/** Arguments and options of `ingest`, which takes a file or a table. */
export function describeIngest<O>(
  command: Command,
  contextOf: (options: O) => VerbContext,
  instant: (text: string) => string,
): void {
  command
    .description('load a CSV, Parquet or JSON lines file, or rows of a table, into the source of a feature view')
    .option('--history', 'the rows were known at their time, not only from now on', false)
    .addOption(new Option('--format <format>', 'of the file; by default what its name ends in').choices(FILE_FORMATS))
    .option('--table <database.table>', 'in place of a file: a table of the warehouse that the environment lists')
    .option('--since <instant>', 'of a table: only rows with this event time or a later one', instant)
    .action(async (view: string, file: string | undefined, options: O & IngestFlags) => {
      const { table, since, format } = options;
      const context = contextOf(options);
      if (file !== undefined && table === undefined) {
        if (since !== undefined) throw new UsageError('--since is of a table, and a file is given');
        printIngestion(context, await ingest(context, view, file, options));
      } else if (file === undefined && table !== undefined) {
        if (format !== undefined) throw new UsageError('--format is of a file, and a table is given');
        printTableIngestion(context, await ingestTable(context, view, table, options));
      } else {
        throw new UsageError('ingest takes either a file or --table database.table');
      }
    });
}
