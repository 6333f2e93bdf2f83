import type { AthenaQuery } from '../../../contracts/athena-query.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { athenaLiterals, type Sql } from '../../../core/sql/sql.ts';
import { unloadSql } from '../../../core/sql/unload-sql.ts';

/** Where the platform's queries run and write. */
export interface QueryPlace {
  readonly database: string;
  readonly workgroup: string;
  readonly offlineBucket: string;
}

/** A state machine hands a request on as data of at most 262,144 bytes; the plan around it needs some of that. */
const MAX_REQUEST_BYTES = 240_000;

/**
 * The request that writes a statement's answer as Parquet under an empty prefix of the offline bucket.
 *
 * @param what names the statement in messages, for example `feature view spending`
 * @throws InvalidInputError when it is too long
 */
export function unloadQuery(place: QueryPlace, statement: Sql, prefix: string, what: string): AthenaQuery {
  const unload = unloadSql(statement, `s3://${place.offlineBucket}/${prefix}`, what);
  const parameters = athenaLiterals(unload.params);
  const request = {
    QueryString: unload.text,
    ...(parameters.length === 0 ? {} : { ExecutionParameters: [...parameters] }),
    QueryExecutionContext: { Catalog: 'AwsDataCatalog' as const, Database: place.database },
    WorkGroup: place.workgroup,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(request)).byteLength;
  if (bytes > MAX_REQUEST_BYTES) {
    throw new InvalidInputError(
      `the query of ${what} has ${bytes} bytes; a state machine can hand on ${MAX_REQUEST_BYTES}: use fewer or shorter features`,
      { what, bytes, maxBytes: MAX_REQUEST_BYTES },
    );
  }
  return { ...request, ClientRequestToken: digestOf(request) };
}
