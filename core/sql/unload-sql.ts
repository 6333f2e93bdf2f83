import { InvalidInputError } from '../errors.ts';
import type { Sql } from './sql.ts';

/**
 * Writes the answer of a statement as Parquet files under a prefix that has to be empty. Athena keeps no order.
 *
 * @param uri `s3://bucket/prefix/`
 * @throws InvalidInputError when the address is no such prefix
 */
export function unloadSql(statement: Sql, uri: string): Sql {
  if (!/^s3:\/\/[a-z0-9.-]{3,63}\/[A-Za-z0-9=._/-]*\/$/.test(uri)) {
    throw new InvalidInputError(`"${uri}" is no s3://bucket/prefix/ of letters, digits and = . _ / -`, { uri });
  }
  return {
    text: `UNLOAD (${statement.text}) TO '${uri}' WITH (format = 'PARQUET', compression = 'SNAPPY')`,
    params: statement.params,
  };
}
