import * as z from 'zod';
import { HTTP_STATUS } from '../../core/errors.ts';
import { AcknowledgeRetrainingRequest } from '../retraining.ts';
import { OpenDocument } from './api-values.ts';
import * as audit from './audit.ts';
import * as batches from './batch-predictions.ts';
import * as catalog from './catalog.ts';
import * as deadLetters from './dead-letters.ts';
import { ErrorResponse } from './error-response.ts';
import { EvidenceResponse } from './evidence.ts';
import * as feast from './feast.ts';
import * as ingestions from './ingestions.ts';
import * as operations from './operations.ts';
import * as outcomes from './outcomes.ts';
import * as predictions from './predictions.ts';
import * as releases from './releases.ts';
import { RetrainingResponse } from './retraining.ts';
import * as rollouts from './rollouts.ts';
import { API_ROUTES, type ApiRoute, type OperationId } from './routes.ts';
import * as tableIngestions from './table-ingestions.ts';
import * as trainingSets from './training-sets.ts';
import * as versions from './versions.ts';

interface Exchange {
  readonly request?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly status: 200 | 202;
  /** Of the same answer, when it tells of work that goes on. */
  readonly orStatus?: 202;
  readonly response: z.ZodType;
}

const started = { status: 202, response: operations.ExecutionStartedResponse } as const;

/** What each operation takes and gives. */
export const EXCHANGES: Readonly<Record<OperationId, Exchange>> = {
  getHealth: { status: 200, response: catalog.HealthResponse },
  getOpenApi: { status: 200, response: OpenDocument },
  predict: { request: predictions.PredictRequest, status: 200, response: predictions.PredictResponse },
  recordOutcomes: { request: outcomes.RecordOutcomesRequest, status: 200, response: outcomes.RecordOutcomesResponse },
  getPrediction: { status: 200, response: EvidenceResponse },
  getOnlineFeatures: {
    request: feast.GetOnlineFeaturesRequest,
    status: 200,
    response: feast.GetOnlineFeaturesResponse,
  },
  push: { request: feast.PushRequest, status: 200, response: feast.PushResponse },
  listDeadLetters: { query: deadLetters.DeadLettersQuery, status: 200, response: deadLetters.DeadLettersResponse },
  replayDeadLetters: {
    request: deadLetters.ReplayDeadLettersRequest,
    status: 200,
    response: deadLetters.ReplayDeadLettersResponse,
  },
  openIngestion: {
    request: ingestions.IngestionRequest,
    status: 200,
    response: ingestions.OpenIngestionResponse,
  },
  startIngestion: { request: ingestions.IngestionRequest, ...started },
  startTableIngestion: { request: tableIngestions.TableIngestionRequest, ...started },
  startMaterialization: { request: operations.StartMaterializationRequest, ...started },
  startTraining: { request: operations.StartTrainingRequest, ...started },
  getRetraining: { status: 200, response: RetrainingResponse },
  acknowledgeRetraining: { request: AcknowledgeRetrainingRequest, status: 200, response: RetrainingResponse },
  startRollout: { request: operations.StartRolloutRequest, ...started },
  rollBack: { request: rollouts.RollbackRequest, status: 200, orStatus: 202, response: rollouts.RollbackResponse },
  holdModel: { request: rollouts.HoldRequest, status: 200, response: rollouts.HoldResponse },
  decideApproval: { request: rollouts.ApprovalRequest, status: 200, response: rollouts.RolloutBody },
  listRollouts: { query: catalog.PageQuery, status: 200, response: rollouts.RolloutListResponse },
  openEntityTable: {
    request: trainingSets.EntityTableRequest,
    status: 200,
    response: trainingSets.EntityTableResponse,
  },
  startSkewAudit: { request: operations.StartSkewAuditRequest, ...started },
  listSkewAudits: { status: 200, response: operations.SkewAuditListResponse },
  startDriftScan: { request: operations.StartDriftScanRequest, ...started },
  listDriftScans: { query: operations.DriftScanQuery, status: 200, response: operations.DriftScanListResponse },
  startLeakCheck: { request: operations.StartLeakCheckRequest, ...started },
  listLeakChecks: { status: 200, response: operations.LeakCheckListResponse },
  startBatchPrediction: { request: batches.StartBatchPredictionRequest, ...started },
  listBatchPredictions: { status: 200, response: batches.BatchPredictionListResponse },
  startTrainingSet: { request: trainingSets.TrainingSetRequest, ...started },
  getTrainingSet: { status: 200, response: trainingSets.TrainingSetResponse },
  getExecution: { status: 200, response: operations.ExecutionResponse },
  listFeatureViews: { status: 200, response: catalog.FeatureViewListResponse },
  listFeatureServices: { status: 200, response: catalog.FeatureServiceListResponse },
  getFeatureView: { status: 200, response: catalog.FeatureViewResponse },
  getDefinitions: { status: 200, response: versions.DeployedDefinitionsResponse },
  listModels: { status: 200, response: catalog.ModelListResponse },
  getModel: { status: 200, response: catalog.ModelResponse },
  listReleases: { query: catalog.PageQuery, status: 200, response: catalog.ReleaseListResponse },
  getReleaseCard: { status: 200, response: releases.CardResponse },
  getReleaseLineage: { status: 200, response: releases.LineageResponse },
  diffReleases: { status: 200, response: releases.ReleaseDiffResponse },
  getRelease: { status: 200, response: catalog.ReleaseResponse },
  getRollout: { status: 200, response: rollouts.RolloutResponse },
  listAuditCheckpoints: { query: audit.CheckpointQuery, status: 200, response: audit.CheckpointListResponse },
  listAudit: { query: catalog.AuditQuery, status: 200, response: catalog.AuditResponse },
};

/** The API as an OpenAPI 3.1 document, made from the schemas that check it. */
export function openApiDocument(version: string): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of API_ROUTES) {
    const at = paths[route.path] ?? {};
    at[route.method.toLowerCase()] = operation(route, EXCHANGES[route.operationId]);
    paths[route.path] = at;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Headgate',
      version,
      description:
        'Features, training, releases and predictions. Errors: `{"error":{"name","kind","message","details"}}`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ sigv4: [] }],
    paths,
    components: {
      schemas: { Error: schemaOf(ErrorResponse, 'output') },
      responses: {
        Error: {
          description: `Kinds and statuses: ${Object.entries(HTTP_STATUS)
            .map(([kind, status]) => `${kind} ${status}`)
            .join(', ')}`,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, service execute-api',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

function operation(route: ApiRoute, { request, query, status, orStatus, response }: Exchange): Record<string, unknown> {
  const parameters = [...pathParameters(route.path), ...(query === undefined ? [] : queryParameters(query))];
  return {
    operationId: route.operationId,
    description: route.description,
    ...(parameters.length > 0 && { parameters }),
    ...(request !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(request, 'input') } } },
    }),
    responses: {
      ...answered(status, response),
      ...(orStatus !== undefined && answered(orStatus, response)),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function answered(status: 200 | 202, response: z.ZodType): Record<number, object> {
  const content = { 'application/json': { schema: schemaOf(response, 'output') } };
  return { [status]: { description: status === 202 ? 'Started' : 'Answered', content } };
}

function pathParameters(path: string): readonly object[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters(query: z.ZodObject): readonly object[] {
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !z.safeParse(schema, undefined).success,
    schema: schemaOf(schema, 'input'),
  }));
}

function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
