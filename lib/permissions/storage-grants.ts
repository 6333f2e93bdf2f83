import { allow, type Grant } from './grant.ts';

const KEYS_ARE_BORN_AT_RUN_TIME = 'the wildcard ends a fixed prefix of one bucket: object keys are made at run time';

/** Reads items and the pages of a partition; no scans. */
export function readItems(table: string): Grant {
  return allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'], table);
}

/** Reads and writes items, alone and in transactions, which are authorized by the actions they are made of. */
export function changeItems(table: string): Grant {
  return allow(
    [
      'dynamodb:BatchGetItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    table,
  );
}

export function readObjects(bucket: string, ...prefixes: readonly string[]): Grant {
  return onObjects('s3:GetObject', bucket, prefixes);
}

export function writeObjects(bucket: string, ...prefixes: readonly string[]): Grant {
  return onObjects('s3:PutObject', bucket, prefixes);
}

/** Objects are versioned, so a deleted one can be brought back until its versions expire. */
export function deleteObjects(bucket: string, ...prefixes: readonly string[]): Grant {
  return onObjects('s3:DeleteObject', bucket, prefixes);
}

/**
 * Lists keys, and learns that an absent object is absent: without it S3 answers 403 for 404. A condition on the
 * prefix would take that away again, because reading one object has no prefix.
 */
export function listBucket(bucket: string): Grant {
  return allow('s3:ListBucket', bucket);
}

function onObjects(action: string, bucket: string, prefixes: readonly string[]): Grant {
  return allow(
    action,
    prefixes.map((prefix) => `${bucket}/${prefix}*`),
    { because: KEYS_ARE_BORN_AT_RUN_TIME },
  );
}
