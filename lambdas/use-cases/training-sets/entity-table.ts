import type { FileFormat } from '../../../contracts/api/ingestions.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { FileRejectedError } from '../../../core/ingestion/file-rejected-error.ts';
import { type CarriedType, carriedType, widerType } from '../../../core/training-set/carried-type.ts';
import type { EntityColumn, UntypedColumn } from '../../../core/training-set/entity-columns.ts';
import { ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';
import type { RowFile, RowReader } from '../../ports/row-reader.ts';

/** An uploaded file and how its text is cut into cells. */
export interface EntityFile {
  readonly sha256: string;
  readonly format: FileFormat;
  readonly csv: { readonly delimiter: string; readonly nulls: readonly string[] };
}

export interface EntityTable {
  /** Every column in the file's order. */
  columns(): Promise<readonly string[]>;
  /** The same columns with the types that their values tell. */
  typed(columns: readonly UntypedColumn[]): Promise<readonly EntityColumn[]>;
  open(columns: readonly EntityColumn[]): Promise<RowFile>;
}

/** Where an uploaded entity table lies; it stays, because the training sets made of it may be made again. */
export function entityTableKey(sha256: string): string {
  return `entity-table/${sha256}`;
}

/** @throws FileRejectedError when it was not uploaded, or is not what was announced */
export async function entityTable(
  objects: Pick<ObjectStore, 'get'>,
  bucket: string,
  readers: Readonly<Record<FileFormat, RowReader>>,
  file: EntityFile,
): Promise<EntityTable> {
  const bytes = await objects.get({ bucket, key: entityTableKey(file.sha256) }).catch((error: unknown) => {
    if (!(error instanceof ObjectNotFoundError)) throw error;
    throw new FileRejectedError(`entity table ${file.sha256} has not been uploaded; upload it first`, { ...file });
  });
  if (sha256Hex(bytes) !== file.sha256) {
    throw new FileRejectedError(`the upload is not the entity table ${file.sha256}; upload it again`, { ...file });
  }
  const open = (names: readonly string[]) => readers[file.format].open(sourceOf(names, file), bytes);
  return {
    async columns() {
      const rows = await open([]);
      // a file of JSON lines has said all of its columns when its last line is read
      if (file.format === 'jsonl') for await (const _ of rows.batches());
      return rows.ignoredColumns();
    },
    async typed(columns) {
      const untyped = columns.filter(({ type }) => type === null);
      if (untyped.length === 0) return columns.map((column) => ({ ...column, type: column.type ?? 'string' }));
      const types = await typesOf(await open(untyped.map(({ from }) => from)), untyped, file.format === 'csv');
      return columns.map((column) => ({ ...column, type: column.type ?? types.get(column.name) ?? 'string' }));
    },
    open: (columns) => open(columns.map(({ from }) => from)),
  };
}

async function typesOf(
  rows: RowFile,
  columns: readonly UntypedColumn[],
  isText: boolean,
): Promise<ReadonlyMap<string, EntityColumn['type']>> {
  const found = columns.map((): CarriedType | null => null);
  for await (const batch of rows.batches()) {
    for (const row of batch) {
      if ('problem' in row) continue; // writing the rows tells of it
      for (let i = 0; i < found.length; i++) found[i] = widerType(found[i]!, carriedType(row.cells[i], isText));
    }
  }
  return new Map(
    columns.map(({ name }, i) => {
      const type = found[i] ?? 'string';
      if (type !== 'unknown') return [name, type] as const;
      throw new InvalidInputError(
        `column "${name}" of the entity table holds lists, structures or bytes, which cannot be carried through; leave it out`,
        { column: name },
      );
    }),
  );
}

/** The entity table as the readers of files know tables. */
function sourceOf(columns: readonly string[], { csv }: EntityFile): Source {
  return {
    kind: 'source',
    name: 'entity table',
    columns: columns.map((from) => ({ name: from, from, type: 'string', required: false })),
    eventTime: { fixedMs: 0 },
    knownAtColumn: null,
    lagMs: 0,
    eventIdColumn: null,
    csv: { ...csv, skipLines: 0, header: true },
    description: '',
    owner: '',
  };
}
