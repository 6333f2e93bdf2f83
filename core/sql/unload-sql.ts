import { InvalidInputError } from '../errors.ts';
import type { Sql } from './sql.ts';

/**
 * Writes the answer of a statement as Parquet files under a prefix that has to be empty. Athena keeps no order.
 *
 * @param uri `s3://bucket/prefix/`
 * @param folderColumn last column of the statement: rows go to `<column>=<value>/` by it, at most 100 of them
 * @throws InvalidInputError when the address is no such prefix
 */
export function unloadSql(statement: Sql, uri: string, folderColumn?: string): Sql {
  if (!/^s3:\/\/[a-z0-9.-]{3,63}\/[A-Za-z0-9=._/-]*\/$/.test(uri)) {
    throw new InvalidInputError(`"${uri}" is no s3://bucket/prefix/ of letters, digits and = . _ / -`, { uri });
  }
  const folders = folderColumn === undefined ? '' : `, partitioned_by = ARRAY['${folderName(folderColumn)}']`;
  return {
    text: `UNLOAD (${statement.text}) TO '${uri}' WITH (format = 'PARQUET', compression = 'SNAPPY'${folders})`,
    params: statement.params,
  };
}

function folderName(column: string): string {
  if (/^[a-z][a-z0-9_]*$/.test(column)) return column;
  throw new InvalidInputError(`"${column}" cannot name folders; lower-case letters, digits and underscores can`, {
    column,
  });
}
