import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { formatOfName } from '../../contracts/api/file-format.ts';
import { FILE_FORMATS, type FileFormat } from '../../contracts/api/ingestions.ts';
import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type {
  EntityTableResponse,
  TrainingSetRequest,
  TrainingSetResponse,
} from '../../contracts/api/training-sets.ts';
import type { StoredTrainingSet, TrainingSetResult } from '../../contracts/training-set-flow.ts';
import { followExecution } from '../api/follow-execution.ts';
import { hashedFile } from '../api/hashed-file.ts';
import { UsageError } from '../cli-error.ts';
import { countText, numberText, plural, shortId } from '../terminal/plain-words.ts';
import { downloadParts } from './download-parts.ts';
import type { VerbContext } from './verb-context.ts';

export interface TrainingSetOptions {
  readonly features?: readonly string[] | undefined;
  readonly service?: string | undefined;
  readonly entities?: string | undefined;
  readonly format?: FileFormat | undefined;
  readonly delimiter?: string | undefined;
  readonly timestampColumn?: string | undefined;
  readonly map: Readonly<Record<string, string>>;
  readonly type: Readonly<Record<string, string>>;
  readonly snapshotOf?: string | undefined;
  readonly reproduce?: string | undefined;
  readonly out?: string | undefined;
}

export interface TrainingSetMade {
  readonly set: TrainingSetResponse;
  /** Whether the same training set had been made before; null when it was only asked for. */
  readonly wasThere: boolean | null;
  /** Files that were written here. */
  readonly files: readonly string[];
}

/** Makes a training set, or finds one by its id, and downloads it when a place for it is named. */
export async function trainingSet(
  context: VerbContext,
  id: string | undefined,
  options: TrainingSetOptions,
): Promise<TrainingSetMade> {
  const { api } = context;
  if (id !== undefined && (options.entities !== undefined || options.reproduce !== undefined)) {
    throw new UsageError('the id of a training set is given alone, with --out');
  }
  const made = id === undefined ? await make(context, options) : null;
  const set = await api.get<TrainingSetResponse>(
    `/v1/training-sets/${encodeURIComponent(made?.trainingSetId ?? id ?? '')}`,
  );
  const files = options.out === undefined ? [] : await download(context, set, options.out);
  return { set, wasThere: made?.wasThere ?? null, files };
}

async function make({ api, terminal }: VerbContext, options: TrainingSetOptions): Promise<TrainingSetResult> {
  const request =
    options.reproduce === undefined ? await selection({ api, terminal }, options) : { reproduce: options.reproduce };
  const { executionId } = await api.post<ExecutionStartedResponse>('/v1/training-sets', request);
  const what =
    options.reproduce === undefined
      ? `joining ${basename(options.entities ?? '')}`
      : `making ${shortId(options.reproduce)} again`;
  return followExecution<TrainingSetResult>(api, executionId, what, terminal);
}

async function selection({ api, terminal }: VerbContext, options: TrainingSetOptions): Promise<object> {
  const { features, service, entities } = options;
  if (entities === undefined || (features === undefined) === (service === undefined)) {
    throw new UsageError(
      'give --entities and one of --features and --service; or --reproduce; or the id of a training set',
    );
  }
  const format = options.format ?? formatOfName(entities);
  if (format === null) {
    throw new UsageError(
      `the format of "${entities}" cannot be told from its name; give --format: ${FILE_FORMATS.join(', ')}`,
    );
  }
  terminal.progress(`reading ${entities}`);
  const facts = await hashedFile(entities);
  const opened = await api.post<EntityTableResponse>('/v1/entity-tables', facts);
  if (opened.upload !== null) {
    terminal.progress(`uploading ${plural(facts.sizeBytes, 'byte')}`);
    await api.upload(opened.upload.url, opened.upload.headers, entities);
  }
  const csv = options.delimiter === undefined ? {} : { csv: { delimiter: options.delimiter } };
  return {
    ...(service === undefined ? { features } : { featureService: service }),
    entities: { sha256: facts.sha256, format, ...csv },
    mapping: options.map,
    types: options.type,
    ...(options.timestampColumn !== undefined && { timestampColumn: options.timestampColumn }),
    ...(options.snapshotOf !== undefined && { snapshotOf: options.snapshotOf }),
  } satisfies { readonly [K in keyof TrainingSetRequest]?: unknown };
}

/** The set, with what it was made of beside it in a folder. */
async function download(context: VerbContext, set: TrainingSetResponse, out: string): Promise<readonly string[]> {
  const again = `headgate training-set ${set.trainingSetId} --out DIR`;
  const files = await downloadParts(context, set.downloads, out, again);
  if (files[0] === out) return files;
  const facts = join(out, 'training-set.json');
  await writeFile(facts, `${JSON.stringify(set.trainingSet, null, 2)}\n`);
  return [...files, facts];
}

export function printTrainingSet({ terminal }: VerbContext, { set, wasThere, files }: TrainingSetMade): void {
  const stored = set.trainingSet as unknown as StoredTrainingSet; // what the platform keeps under this id
  const { colors } = terminal;
  const warnings = lateRows(stored);
  terminal.json({ ...set, wasThere, files, warnings });
  const outcome = wasThere === true ? 'is the same as before' : wasThere === false ? 'is made' : 'is there';
  terminal.print(`${colors.green('✓')} training set ${colors.bold(set.trainingSetId)} ${outcome}`);
  terminal.print(
    `  rows      ${countText(set.rows)}, ${stored.entities.eventTimes.from} to ${stored.entities.eventTimes.to}`,
  );
  terminal.print(`  features  ${stored.features.length}`);
  for (const { column } of stored.features) {
    const share = stored.nullShares[column] ?? 0;
    if (share > 0) terminal.print(`    ${column}: no value in ${numberText(share * 100)} % of the rows`);
  }
  terminal.print(`  lies at   ${set.uri}`);
  for (const file of files) terminal.print(`  written   ${file}`);
  for (const warning of warnings) terminal.note(`${colors.yellow('!')} ${warning}`);
}

/** Rows that are later than a view was computed may get other values once it has been computed further. */
function lateRows({ entities, views }: StoredTrainingSet): readonly string[] {
  const last = entities.eventTimes.to;
  return views
    .filter(({ materializedTo }) => materializedTo !== null && Date.parse(materializedTo) < Date.parse(last))
    .map(({ as, materializedTo }) => `the newest row (${last}) is later than ${as} was computed (${materializedTo})`);
}
