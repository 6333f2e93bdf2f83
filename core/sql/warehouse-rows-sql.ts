import type { Source } from '../definitions/source.ts';
import { InvalidInputError } from '../errors.ts';
import { listSql, nameSql, type Sql, sql } from './sql.ts';

const NO_IDENTIFIER = /["'?\p{Cc}]/u;

/**
 * The declared columns of a source as a table of the warehouse has them, under the source's own names: the catalogue
 * knows no capital letters, and what a query writes would have lost those of `from`.
 *
 * @param table `database.table`
 * @param sinceMs rows with this event time or a later one; null for all
 * @throws InvalidInputError when the source has no column to compare `sinceMs` with, or a column that no query can name
 */
export function warehouseRowsSql(source: Source, table: string, sinceMs: number | null): Sql {
  const [database = '', name = ''] = table.split('.');
  const columns = source.columns.map((column) => sql`${fromSql(column.from)} as ${nameSql(column.name)}`);
  const rows = sql`select ${listSql(columns)} from ${nameSql(name, database)}`;
  return sinceMs === null
    ? rows
    : sql`${rows} where ${eventTimeSql(source)} >= cast(${timestampText(sinceMs)} as timestamp)`;
}

function eventTimeSql({ name, columns, eventTime }: Source): Sql {
  if ('fixedMs' in eventTime) {
    throw new InvalidInputError(
      `source ${name} is a static table: its rows have no event time that "since" could be compared with; leave "since" out`,
      { source: name },
    );
  }
  const column = columns.find((one) => one.name === eventTime.column);
  return fromSql(column?.from ?? eventTime.column);
}

function fromSql(from: string): Sql {
  if (!NO_IDENTIFIER.test(from)) return { text: `"${from}"`, params: [] };
  throw new InvalidInputError(
    `column ${JSON.stringify(from)} cannot be read from a table: quotes and ? are not allowed`,
    {
      column: from,
    },
  );
}

/** UTC, in which Athena reads a timestamp without a zone. */
function timestampText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
