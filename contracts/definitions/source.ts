import * as z from 'zod';
import { DAY_MS } from '../../core/clock.ts';
import type { Source, SourceColumn } from '../../core/definitions/source.ts';
import { VALUE_TYPES } from '../../core/definitions/value-type.ts';
import { columnRecord, DefinedName } from './defined-name.ts';
import { refuse } from './definition-error.ts';
import { durationBetween } from './duration.ts';
import type { KnownSource } from './known-kinds.ts';
import {
  deepFreeze,
  InstantMs,
  labelOf,
  oneOf,
  quoteValue,
  readInput,
  Sentence,
  strictObject,
  TrueOrFalse,
  wholeBetween,
} from './read-input.ts';

const ColumnInput = z.union(
  [
    oneOf(VALUE_TYPES),
    strictObject({
      type: oneOf(VALUE_TYPES),
      /** Its name in files, when that is another. */
      from: z.string().min(1, 'must not be empty').optional(),
      /** Whether a row without it is quarantined. Event time is; a join key is unless this says false. */
      required: TrueOrFalse.optional(),
    }),
  ],
  {
    error: (issue) =>
      `${quoteValue(issue.input)} is not a column; write a type (${VALUE_TYPES.join(', ')}) or { type, from?, required? }`,
  },
);

const CsvInput = strictObject({
  delimiter: z
    .string()
    .length(1, { error: (issue) => `${quoteValue(issue.input)} is not one character` })
    .default(','),
  skipLines: wholeBetween(0, 1_000).default(0),
  header: TrueOrFalse.default(true),
  nulls: z.array(z.string(), 'must be a list of texts, for example ["NA", "?"]').default([]),
});

const SourceInput = strictObject({
  name: DefinedName,
  columns: columnRecord(ColumnInput, 'column'),
  /** A timestamp column; for a table without time, `{ fixed: '2020-01-01T00:00:00Z' }`. */
  eventTime: z.union([z.string(), strictObject({ fixed: InstantMs })], {
    error: (issue) =>
      `${quoteValue(issue.input)} is not an event time; write a timestamp column or { fixed: "2020-01-01T00:00:00Z" }`,
  }),
  /** Timestamp column that says when serving could have known the row. */
  knownAt: z.string('must name a timestamp column').nullable().default(null),
  /** How long after its event time a row of loaded history was known. */
  lag: durationBetween(0, 365 * DAY_MS).default(0),
  /** Column that names the event a row tells of: of rows with one name the first that is loaded counts. */
  eventId: z.string('must name a column of type string or int64').nullable().default(null),
  csv: CsvInput.default({ delimiter: ',', skipLines: 0, header: true, nulls: [] }),
  description: Sentence.default(''),
  owner: Sentence,
});

/** Marks columns that their author declared not to be required, even where they name an entity; not part of the data. */
const OPTIONAL_KEY = Symbol.for('headgate.optional-key');

/**
 * A table of raw rows that are ingested from files or pushed.
 *
 * Defaults: a column is named in files as here and may be missing (join keys and the event time may not); no knowledge
 * time, no lag, no event ids; comma-separated with a header, where only the empty cell is missing.
 *
 * @throws DefinitionError
 */
export function source<const C extends Readonly<Record<string, unknown>>>(
  input: z.input<typeof SourceInput> & { readonly columns: C },
): KnownSource<C> {
  const what = labelOf('source', input);
  const read = readInput(what, SourceInput, input);
  const eventColumn = typeof read.eventTime === 'string' ? read.eventTime : null;
  const columns = Object.entries(read.columns).map(([name, given]) => {
    const { type, from = name, required } = typeof given === 'string' ? { type: given } : { from: name, ...given };
    const column: SourceColumn = { name, from, type, required: required ?? name === eventColumn };
    if (required === false) Object.defineProperty(column, OPTIONAL_KEY, { value: true });
    return column;
  });
  const defined: Source = {
    kind: 'source',
    name: read.name,
    columns,
    eventTime: typeof read.eventTime === 'string' ? { column: read.eventTime } : { fixedMs: read.eventTime.fixed },
    knownAtColumn: read.knownAt,
    lagMs: read.lag,
    eventIdColumn: read.eventId,
    csv: read.csv,
    description: read.description,
    owner: read.owner,
  };
  refuse(what, sourceProblems(defined));
  return deepFreeze(defined);
}

/** What is wrong between the fields of a source. */
export function sourceProblems(defined: Source): readonly { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const timestamps = defined.columns.filter((column) => column.type === 'timestamp').map((column) => column.name);
  const known = timestamps.length === 0 ? '(none is declared)' : timestamps.join(', ');
  const eventColumn = 'column' in defined.eventTime ? defined.eventTime.column : null;
  if (eventColumn !== null && !timestamps.includes(eventColumn)) {
    problems.push({
      path: 'eventTime',
      problem: `${quoteValue(eventColumn)} is not a timestamp column; timestamp columns: ${known}`,
    });
  }
  if (defined.columns.some((column) => column.name === eventColumn && !column.required)) {
    problems.push({
      path: `columns.${eventColumn}.required`,
      problem: 'false is not allowed, because it is the event time; leave it out',
    });
  }
  if (defined.knownAtColumn !== null && !timestamps.includes(defined.knownAtColumn)) {
    problems.push({
      path: 'knownAt',
      problem: `${quoteValue(defined.knownAtColumn)} is not a timestamp column; timestamp columns: ${known}`,
    });
  }
  const idColumn = defined.columns.find(({ name }) => name === defined.eventIdColumn);
  if (defined.eventIdColumn !== null && idColumn?.type !== 'string' && idColumn?.type !== 'int64') {
    const found = idColumn === undefined ? 'is no column of the source' : `is a ${idColumn.type}`;
    const allowed = defined.columns.filter(({ type }) => type === 'string' || type === 'int64');
    const names = allowed.map(({ name }) => name).join(', ') || '(none is declared)';
    problems.push({
      path: 'eventId',
      problem: `${quoteValue(defined.eventIdColumn)} ${found}; name a column of type string or int64: ${names}`,
    });
  }
  if (defined.knownAtColumn !== null && defined.lagMs > 0) {
    problems.push({ path: 'lag', problem: 'knownAt says already when a row was known; leave out one of the two' });
  }
  const repeated = defined.columns.filter(
    (one, i) => defined.columns.findIndex((other) => other.from === one.from) < i,
  );
  for (const column of repeated) {
    problems.push({
      path: `columns.${column.name}.from`,
      problem: `${quoteValue(column.from)} is read into another column already; each column of a file is read once`,
    });
  }
  return problems;
}

/** The source with the columns that name an entity required, but for those declared optional. */
export function withRequiredKeys(defined: Source, keyColumns: ReadonlySet<string>): Source {
  const columns = defined.columns.map((column) =>
    keyColumns.has(column.name) && !(OPTIONAL_KEY in column) ? { ...column, required: true } : column,
  );
  return deepFreeze({ ...defined, columns });
}

/** For inputs that refer to one. */
export const SourceReference = z.custom<Source>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'source',
  'expected a source; write the constant that source({ … }) gave, not its name',
);
