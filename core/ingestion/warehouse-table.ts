import { PlatformError } from '../errors.ts';

/** Database and table, each of lower-case letters, digits and underscores, so that quoting never has to escape anything. */
export const tableNamePattern = /^[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}$/;
export const TABLE_NAME_RULE =
  'must be database.table, each of lower-case letters, digits and _, a letter first, at most 64';

export class TableNotAllowedError extends PlatformError {
  constructor(table: string, allowed: readonly string[]) {
    const list = allowed.length === 0 ? '(none)' : allowed.join(', ');
    super(
      'TableNotAllowedError',
      'forbidden',
      `table "${table}" may not be ingested from; allowed: ${list}; to allow it, add { database, table, location } to ` +
        'ingestTables of the environment in lib/config/environments.ts and deploy',
      { table, allowed },
    );
  }
}

/** @throws TableNotAllowedError when the environment does not list the table */
export function mustBeAllowed(table: string, allowed: readonly string[]): void {
  if (!allowed.includes(table)) throw new TableNotAllowedError(table, allowed);
}
