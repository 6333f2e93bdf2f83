import { utf8ToBytes } from '@noble/hashes/utils.js';
import { digestOf, type Sha256 } from '../canonical-json.ts';
import { InvalidInputError } from '../errors.ts';
import { athenaLiterals, type Sql } from './sql.ts';
import { unloadSql } from './unload-sql.ts';

/** Where the platform's queries run and write. */
export interface QueryPlace {
  readonly database: string;
  readonly workgroup: string;
  readonly offlineBucket: string;
}

/** A whole StartQueryExecution request. */
export interface UnloadQuery {
  readonly QueryString: string;
  /** Absent when the statement has no parameters: Athena takes no empty list. */
  readonly ExecutionParameters?: string[];
  readonly QueryExecutionContext: { readonly Catalog: 'AwsDataCatalog'; readonly Database: string };
  readonly WorkGroup: string;
  /** Equal for equal queries, so that a repeated call starts nothing new. */
  readonly ClientRequestToken: Sha256;
}

/**
 * A state machine hands a request on as data of at most 262,144 bytes; the plan around it needs some of that. Athena
 * takes 262,144 bytes of text, so that this limit is the narrower one.
 * Source: Step Functions quotas; Athena StartQueryExecution, `QueryString`.
 */
export const MAX_REQUEST_BYTES = 240_000;

/**
 * The request that writes a statement's answer as Parquet under an empty prefix of the offline bucket.
 *
 * @param what names the statement in messages, for example `feature view spending`
 * @param folderColumn see `unloadSql`
 * @throws InvalidInputError when it is too long, or one of its texts is
 */
export function unloadQuery(
  place: QueryPlace,
  statement: Sql,
  prefix: string,
  what: string,
  folderColumn?: string,
): UnloadQuery {
  const unload = unloadSql(statement, `s3://${place.offlineBucket}/${prefix}`, folderColumn);
  const parameters = athenaLiterals(unload.params);
  const request = {
    QueryString: unload.text,
    ...(parameters.length === 0 ? {} : { ExecutionParameters: [...parameters] }),
    QueryExecutionContext: { Catalog: 'AwsDataCatalog' as const, Database: place.database },
    WorkGroup: place.workgroup,
  };
  const bytes = requestBytes(request);
  if (bytes > MAX_REQUEST_BYTES) {
    throw new InvalidInputError(
      `the query of ${what} has ${bytes} bytes; at most ${MAX_REQUEST_BYTES} are allowed, so that a state machine can hand it on: use fewer features, or make two views of one`,
      { what, bytes, maxBytes: MAX_REQUEST_BYTES },
    );
  }
  return { ...request, ClientRequestToken: digestOf(request) };
}

/** Bytes that a request, or several, take as data of a state machine. */
export function requestBytes(request: object): number {
  return utf8ToBytes(JSON.stringify(request)).byteLength;
}
