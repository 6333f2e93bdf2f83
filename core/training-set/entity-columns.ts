import type { ValueType } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';
import { rowSlots } from './row-slots.ts';
import type { WantedFeatures } from './wanted-features.ts';

/** How the file of an entity table is to be understood. */
export interface EntityReading {
  /** Column with the instant of each row, after mapping. */
  readonly timestampColumn: string;
  /** New name of a column of the file, by its name there. */
  readonly mapping: Readonly<Record<string, string>>;
  /** Types of columns that are carried through; the others are told from their values. */
  readonly types: Readonly<Record<string, ValueType>>;
}

/** A column of an entity table. */
export interface EntityColumn {
  readonly name: string;
  /** Its name in the file. */
  readonly from: string;
  /** `carried` columns take no part in the join. A join key may be a request field as well. */
  readonly role: 'time' | 'key' | 'request' | 'carried';
  readonly type: ValueType;
  /** Where its values stand in the rows that the join reads. */
  readonly slot: string;
}

/** Null is a type that the column's values will tell. */
export type UntypedColumn = Omit<EntityColumn, 'type'> & { readonly type: ValueType | null };

const MAX_ENTITY_COLUMNS = 99;

/**
 * What each column of a file is for.
 *
 * @param fileColumns every column, in the file's order
 * @throws InvalidInputError naming every column that is missing, named twice or in the way of a feature
 */
export function entityColumns(
  fileColumns: readonly string[],
  reading: EntityReading,
  wanted: Pick<WantedFeatures, 'features' | 'views' | 'keys' | 'request'>,
): readonly UntypedColumn[] {
  if (fileColumns.length > MAX_ENTITY_COLUMNS) {
    throw new InvalidInputError(
      `the entity table has more than ${MAX_ENTITY_COLUMNS} columns; leave out those that are not needed`,
      { columns: fileColumns.length, maxColumns: MAX_ENTITY_COLUMNS },
    );
  }
  assertNames(fileColumns, reading);
  const names = fileColumns.map((from) => reading.mapping[from] ?? from);
  assertDistinct(names, wanted);
  assertPresent(names, fileColumns, reading, wanted);
  assertTypes(names, reading, wanted);

  const slots = rowSlots();
  return fileColumns.map((from, i) => {
    const name = names[i]!;
    if (name === reading.timestampColumn) return { name, from, role: 'time', type: 'timestamp', slot: slots.time() };
    const key = wanted.keys.find((one) => one.name === name);
    if (key !== undefined) return { name, from, role: 'key', type: key.type, slot: slots.joined(key.type) };
    const field = wanted.request.find((one) => one.name === name);
    if (field !== undefined) return { name, from, role: 'request', type: field.type, slot: slots.joined(field.type) };
    return { name, from, role: 'carried', type: reading.types[name] ?? null, slot: slots.carried() };
  });
}

function assertNames(fileColumns: readonly string[], { mapping }: EntityReading): void {
  const unnamed = fileColumns.findIndex((name) => name.trim() === '');
  if (unnamed >= 0) {
    throw new InvalidInputError(
      `column ${unnamed + 1} of the entity table has no name; give it one, or leave it out (pandas: to_csv(index=False))`,
      { column: unnamed + 1 },
    );
  }
  const absent = Object.keys(mapping).filter((from) => !fileColumns.includes(from));
  if (absent.length > 0) {
    throw new InvalidInputError(
      `the mapping names ${absent.join(', ')}, which the entity table lacks; its columns are ${fileColumns.join(', ')}`,
      { absent, columns: fileColumns },
    );
  }
}

function assertDistinct(names: readonly string[], { features }: Pick<WantedFeatures, 'features'>): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new InvalidInputError(`two columns of the entity table are called "${twice}"; rename or map one of them`, {
      column: twice,
    });
  }
  const taken = features.find(({ column }) => names.includes(column));
  if (taken !== undefined) {
    throw new InvalidInputError(
      `the entity table has a column "${taken.column}", which is the name of a feature's column; rename or map it`,
      { column: taken.column },
    );
  }
}

function assertPresent(
  names: readonly string[],
  fileColumns: readonly string[],
  { timestampColumn }: EntityReading,
  { views, keys, request }: Pick<WantedFeatures, 'views' | 'keys' | 'request'>,
): void {
  if ([...keys, ...request].some(({ name }) => name === timestampColumn)) {
    throw new InvalidInputError(
      `column "${timestampColumn}" is a join key or request field and cannot be the instant as well; name another column`,
      { column: timestampColumn },
    );
  }
  const usedBy = (key: string) => views.filter(({ keyColumns }) => keyColumns.includes(key)).map(({ as }) => as);
  const needed = [
    { name: timestampColumn, why: 'the instant of each row; --timestamp-column or "timestampColumn" names another' },
    ...keys.map(({ name, type }) => ({ name, why: `${type}, join key of ${usedBy(name).join(', ')}` })),
    ...request.map(({ name, type }) => ({ name, why: `${type}, read by on-demand features` })),
  ];
  const absent = needed.filter(({ name }) => !names.includes(name));
  if (absent.length === 0) return;
  const list = absent.map(({ name, why }) => `${name} (${why})`).join('; ');
  throw new InvalidInputError(
    `the entity table lacks ${list}. Its columns are ${fileColumns.join(', ')}. A column of another name can be mapped`,
    { absent: absent.map(({ name }) => name), columns: fileColumns },
  );
}

function assertTypes(
  names: readonly string[],
  { types, timestampColumn }: EntityReading,
  { keys, request }: Pick<WantedFeatures, 'keys' | 'request'>,
): void {
  for (const [name, type] of Object.entries(types)) {
    if (!names.includes(name)) {
      throw new InvalidInputError(`a type is given for "${name}", which the entity table lacks`, { column: name });
    }
    const isTime = name === timestampColumn;
    const fixed = isTime ? 'timestamp' : [...keys, ...request].find((one) => one.name === name)?.type;
    if (fixed !== undefined && fixed !== type) {
      throw new InvalidInputError(`column "${name}" is a ${fixed} by definition, not a ${type}`, { column: name });
    }
  }
}
