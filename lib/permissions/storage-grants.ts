import { allow, type Grant } from './grant.ts';

const KEYS_ARE_BORN_AT_RUN_TIME = 'the wildcard ends a fixed prefix of one bucket: object keys are made at run time';

/** Partitions of the registry by what they are about: a function that loads files cannot touch a route or an audit chain. */
const MODEL_KEYS = ['MODEL#*', 'MODELS', 'RELEASE#*', 'ROLLOUT#*'];
const CHECKPOINT_KEYS = ['CHECKPOINT#*'];
const TABLE_KEYS = ['TABLE#*'];
const VERSION_KEYS = ['VIEWS', 'RETIREDVIEWS', 'VIEWHISTORY#*'];

/** Models, routes, releases, rollouts and audit chains, for reading. */
export function readModels(registry: string): Grant {
  return onPartitions(['dynamodb:GetItem', 'dynamodb:Query'], registry, MODEL_KEYS);
}

/**
 * The route of a model in one BatchGetItem with items of the online table. AWS does not say whether the condition
 * sees the keys of one table of a batch or of all, so the keys of the online table, JSON arrays, are allowed for too;
 * the registry has none of that form.
 */
export function readRoutesInBatches(registry: string): Grant {
  return onPartitions(['dynamodb:BatchGetItem'], registry, ['MODEL#*', '["*']);
}

/** Nothing of a model is ever deleted. Transactions are authorized by the actions they are made of. */
export function changeModels(registry: string): Grant {
  return onPartitions(
    ['dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    registry,
    MODEL_KEYS,
  );
}

/** What is known of the retraining of models, with its audit records; releases, rollouts and routes only for reading. */
export function changeRetraining(registry: string): readonly Grant[] {
  return [
    readModels(registry),
    onPartitions(['dynamodb:ConditionCheckItem', 'dynamodb:PutItem'], registry, ['MODEL#*']),
  ];
}

/** The signatures over audit chains, for reading. */
export function readCheckpoints(registry: string): Grant {
  return onPartitions(['dynamodb:Query'], registry, CHECKPOINT_KEYS);
}

/** Adds signatures over audit chains; the chains themselves lie under other keys. */
export function addCheckpoints(registry: string): Grant {
  return onPartitions(['dynamodb:GetItem', 'dynamodb:PutItem'], registry, CHECKPOINT_KEYS);
}

/** Which versions of views there are, and what happened to them. */
export function readViewVersions(registry: string): Grant {
  return onPartitions(['dynamodb:Query'], registry, VERSION_KEYS);
}

/** One version of a view as it is now. */
export function findViewVersions(registry: string): Grant {
  return onPartitions(['dynamodb:GetItem'], registry, VERSION_KEYS);
}

export function changeViewVersions(registry: string): Grant {
  return onPartitions(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], registry, VERSION_KEYS);
}

/** The logs of runs that write offline tables, for reading. */
export function readTableLogs(registry: string): Grant {
  return onPartitions(['dynamodb:GetItem'], registry, TABLE_KEYS);
}

export function changeTableLogs(registry: string): Grant {
  return onPartitions(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], registry, TABLE_KEYS);
}

/** The runs that wrote a table, by their names. */
export function readRuns(registry: string): Grant {
  return onPartitions(['dynamodb:Query'], registry, TABLE_KEYS);
}

/** How far a table has been brought online, and nothing of its runs. */
export function noteOnlineProgress(registry: string): Grant {
  return onPartitions(['dynamodb:UpdateItem'], registry, TABLE_KEYS);
}

/** What the expectations of a view said of a run. */
export function reportQuality(registry: string): Grant {
  return onPartitions(['dynamodb:PutItem'], registry, TABLE_KEYS);
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

function onPartitions(actions: readonly string[], table: string, keys: readonly string[]): Grant {
  return allow(actions, table, { conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } } });
}
