/** One operation of the HTTP API and the function that answers it. Plain data: the stack, the laptop and the CLI read it. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST';
  /** With path parameters in braces, as API Gateway writes them. */
  readonly path: string;
  /** Folder and verb under lambdas/handlers/. */
  readonly functionName: string;
  readonly operationId: string;
  readonly description: string;
}

export const API_ROUTES = [
  route('GET', '/health', 'platform/describe', 'getHealth', 'Whether the platform answers, and which version of it.'),
  route('GET', '/openapi.json', 'platform/describe', 'getOpenApi', 'This API as an OpenAPI 3.1 document.'),
  route(
    'POST',
    '/v1/models/{model}/predictions',
    'serving/predict',
    'predict',
    'A prediction for one entity from its online features, or for rows of features given by the caller.',
  ),
  route(
    'POST',
    '/v1/models/{model}/outcomes',
    'serving/record-outcomes',
    'recordOutcomes',
    'Ground truth for earlier predictions. The same outcome again changes nothing.',
  ),
  route(
    'GET',
    '/v1/predictions/{id}',
    'serving/get-prediction',
    'getPrediction',
    'The evidence of a prediction: what was asked, seen and answered, by which release, and what came true.',
  ),
  route(
    'POST',
    '/get-online-features',
    'serving/get-online-features',
    'getOnlineFeatures',
    "The latest feature values of entities, in Feast's shapes.",
  ),
  route('POST', '/push', 'ingestion/push', 'push', "Rows for a source, in Feast's shapes."),
  route(
    'GET',
    '/v1/dead-letters',
    'ingestion/list-dead-letters',
    'listDeadLetters',
    'Records of the stream that were not stored, with their bytes and the reason.',
  ),
  route(
    'POST',
    '/v1/dead-letters/replays',
    'ingestion/replay-dead-letters',
    'replayDeadLetters',
    'Gives dead letters to the definitions as they are now. A letter is stored once, however often it is replayed.',
  ),
  route(
    'POST',
    '/v1/feature-views/{view}/ingestions',
    'ingestion/open-ingestion',
    'openIngestion',
    'Announces a file and answers where to upload it. The same file again gives the same ingestion.',
  ),
  route(
    'POST',
    '/v1/feature-views/{view}/ingestions/{id}',
    'ingestion/start-ingestion',
    'startIngestion',
    'Starts loading an uploaded file.',
  ),
  route(
    'POST',
    '/v1/feature-views/{view}/table-ingestions',
    'ingestion/start-table-ingestion',
    'startTableIngestion',
    'Starts loading rows of a table of the warehouse, one that the environment lists.',
  ),
  route(
    'POST',
    '/v1/feature-views/{view}/materializations',
    'operations/start-materialization',
    'startMaterialization',
    'Starts computing a feature view, offline and then online.',
  ),
  route(
    'POST',
    '/v1/models/{model}/trainings',
    'operations/start-training',
    'startTraining',
    'Starts a training: point-in-time training set, training job, evaluation, gates, and a rollout when they pass.',
  ),
  route(
    'POST',
    '/v1/models/{model}/rollouts',
    'operations/start-rollout',
    'startRollout',
    'Starts the rollout of a release that passed its gates.',
  ),
  route(
    'POST',
    '/v1/models/{model}/rollbacks',
    'operations/roll-back',
    'rollBack',
    'Goes back to an earlier release: at once while it is in service, otherwise by a flow that brings it back.',
  ),
  route(
    'POST',
    '/v1/models/{model}/holds',
    'operations/hold-model',
    'holdModel',
    'Holds a model, so that no rollout of it moves forward, or releases it.',
  ),
  route(
    'POST',
    '/v1/rollouts/{id}/approval',
    'operations/decide-approval',
    'decideApproval',
    'Approves or rejects a rollout that waits for it.',
  ),
  route(
    'POST',
    '/v1/entity-tables',
    'training-sets/open-entity-table',
    'openEntityTable',
    'Announces a file with rows of entities and answers where to upload it.',
  ),
  route(
    'POST',
    '/v1/training-sets',
    'training-sets/start',
    'startTrainingSet',
    'Starts making a training set: features as they were known at the instant of each row of an entity table.',
  ),
  route(
    'GET',
    '/v1/training-sets/{id}',
    'training-sets/read',
    'getTrainingSet',
    'One training set: what it was made of, and where to download it.',
  ),
  route(
    'POST',
    '/v1/models/{model}/skew-audits',
    'skew/start',
    'startSkewAudit',
    'Starts rebuilding a sample of served feature vectors offline; every feature that differs is named.',
  ),
  route(
    'GET',
    '/v1/models/{model}/skew-audits',
    'skew/read',
    'listSkewAudits',
    'The newest skew audits of a model, newest first.',
  ),
  route(
    'POST',
    '/v1/models/{model}/drift-scans',
    'drift/start',
    'startDriftScan',
    'Starts comparing what the model is asked, answers and gets right with what its release learned and showed.',
  ),
  route(
    'GET',
    '/v1/models/{model}/drift',
    'drift/read',
    'listDriftScans',
    'The newest drift scans of a model, newest first.',
  ),
  route(
    'POST',
    '/v1/models/{model}/leak-checks',
    'operations/start-leak-check',
    'startLeakCheck',
    'Starts training the newest release once more with values that were not known yet: how much better it would seem.',
  ),
  route(
    'GET',
    '/v1/models/{model}/leak-checks',
    'training/read-leak-checks',
    'listLeakChecks',
    'The newest leak checks of a model, newest first.',
  ),
  route(
    'GET',
    '/v1/executions/{id}',
    'operations/describe-execution',
    'getExecution',
    'How far long-running work has come.',
  ),
  route(
    'GET',
    '/v1/feature-views',
    'catalog/read',
    'listFeatureViews',
    'Every feature view with its version and freshness, and what is computed on demand.',
  ),
  route(
    'GET',
    '/v1/feature-views/{view}',
    'catalog/read',
    'getFeatureView',
    'One feature view: definition, version, freshness, row counts.',
  ),
  route('GET', '/v1/feature-services', 'catalog/read', 'listFeatureServices', 'Every list of features read together.'),
  route(
    'GET',
    '/v1/definitions',
    'catalog/read',
    'getDefinitions',
    'The definitions as deployed, the versions of views that are kept, and the releases that need them.',
  ),
  route('GET', '/v1/models', 'catalog/read', 'listModels', 'Every model with its route.'),
  route('GET', '/v1/models/{model}', 'catalog/read', 'getModel', 'One model: definition, route, newest release.'),
  route(
    'GET',
    '/v1/models/{model}/releases',
    'catalog/read',
    'listReleases',
    'Releases of a model, newest first, a page at a time.',
  ),
  route('GET', '/v1/releases/{id}', 'catalog/read', 'getRelease', 'One release: its whole manifest.'),
  route(
    'GET',
    '/v1/releases/{id}/diff/{other}',
    'releases/read',
    'diffReleases',
    'What differs between two releases, in words. The first digits of an id are enough.',
  ),
  route(
    'GET',
    '/v1/releases/{id}/card',
    'releases/read',
    'getReleaseCard',
    'The model card of a release: for SageMaker, and for people.',
  ),
  route(
    'GET',
    '/v1/releases/{id}/lineage',
    'releases/read',
    'getReleaseLineage',
    'What a release came from, down to the runs that wrote the rows, and the rollouts it went out with.',
  ),
  route(
    'GET',
    '/v1/models/{model}/rollouts',
    'catalog/read',
    'listRollouts',
    'Rollouts of a model, newest first, a page at a time.',
  ),
  route('GET', '/v1/rollouts/{id}', 'catalog/read', 'getRollout', 'One rollout: where it stands and how it ended.'),
  route('GET', '/v1/audit', 'catalog/read', 'listAudit', "A model's audit chain in order, a page at a time."),
  route(
    'GET',
    '/v1/models/{model}/audit-checkpoints',
    'audit/read-checkpoints',
    'listAuditCheckpoints',
    "Every signature over a model's audit chain, with the public key.",
  ),
] as const satisfies readonly ApiRoute[];

export type OperationId = (typeof API_ROUTES)[number]['operationId'];

function route<const O extends string>(
  method: 'GET' | 'POST',
  path: string,
  functionName: string,
  operationId: O,
  description: string,
) {
  return { method, path, functionName, operationId, description } as const;
}
