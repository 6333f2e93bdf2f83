import type { Random } from '../../../core/clock.ts';
import { AwsError, type AwsRequest, type AwsResponse } from '../../service.ts';
import type { VariantPlan } from '../sagemaker/endpoint-record.ts';
import type { Endpoints, LiveEndpoint } from '../sagemaker/endpoints.ts';
import { type ModelResponse, ModelServerError } from '../sagemaker/model-server.ts';
import { allow, arnOf, type SageMakerScope } from '../sagemaker/sagemaker-scope.ts';
import { chooseVariant, shadowShare } from './choose-variant.ts';
import type { DataCapture } from './data-capture.ts';
import type { InvocationMetrics } from './invocation-metrics.ts';

const MAX_BODY_BYTES = 6_291_456;
const INVOCATION_LIMIT_MS = 60_000;
const CUSTOM_ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';
const PATH = /^\/endpoints\/([^/]+)\/invocations$/;
/** What an endpoint of instances with one model each does not have. */
const UNSUPPORTED_HEADERS = [
  'x-amzn-sagemaker-target-model',
  'x-amzn-sagemaker-target-container-hostname',
  'x-amzn-sagemaker-inference-component',
  'x-amzn-sagemaker-session-id',
];

export interface RuntimeParts {
  readonly scope: SageMakerScope;
  readonly endpoints: Endpoints;
  readonly capture: DataCapture;
  readonly metrics: InvocationMetrics;
  readonly random: Random;
}

/** SageMaker Runtime: `POST /endpoints/{name}/invocations`. */
export function makeInvokeEndpoint(parts: RuntimeParts): (request: AwsRequest) => Promise<AwsResponse> {
  const { scope, random } = parts;
  return async (request) => {
    const startedAt = performance.now();
    const name = PATH.exec(request.path)?.[1];
    if (name === undefined || request.method !== 'POST') {
      throw new AwsError(
        'UnknownOperationException',
        `SageMaker Runtime on the laptop has no ${request.method} ${request.path}; it has POST /endpoints/{name}/invocations`,
        404,
      );
    }
    const endpointName = decodeURIComponent(name);
    allow(scope, request.caller, 'InvokeEndpoint', arnOf(scope, 'endpoint', endpointName));
    checkRequest(request);
    const live = requireLive(parts, endpointName);
    const variant = pickVariant(live, request.headers['x-amzn-sagemaker-target-variant'], random);
    for (const shadow of live.fleet.plan.shadow) {
      if (random() < shadowShare(live, shadow)) void exchange(parts, live, shadow, request, startedAt).catch(() => {}); // counted in its metrics
    }
    const response = await exchange(parts, live, variant, request, startedAt);
    return answer(scope, endpointName, variant, response);
  };
}

function checkRequest({ headers, body }: AwsRequest): void {
  if (body.length > MAX_BODY_BYTES) {
    throw validationError(
      `1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}; it has ${body.length}`,
    );
  }
  const unsupported = UNSUPPORTED_HEADERS.find((header) => headers[header] !== undefined);
  if (unsupported !== undefined) throw validationError(`the endpoint does not support ${unsupported}`);
  const attributes = headers[CUSTOM_ATTRIBUTES];
  if (attributes !== undefined && !/^[\x20-\x7e]{0,1024}$/.test(attributes)) {
    throw validationError('CustomAttributes must be at most 1024 visible ASCII characters');
  }
  const id = headers['x-amzn-sagemaker-inference-id'];
  if (id !== undefined && (id.length < 1 || id.length > 64))
    throw validationError('InferenceId must have 1 to 64 characters');
}

function requireLive({ scope, endpoints }: RuntimeParts, name: string): LiveEndpoint {
  const live = endpoints.live(name);
  if (live !== undefined) return live;
  const status = endpoints.get(name)?.status;
  if (status === 'InService' || status === 'Updating') {
    throw new AwsError(
      'ModelNotReadyException',
      `the model containers of endpoint ${name} are starting; try again`,
      429,
    );
  }
  const account = scope.region.accountId;
  throw validationError(
    status === undefined
      ? `Endpoint ${name} of account ${account} not found.`
      : `Endpoint ${name} of account ${account} can not be invoked in status ${status}.`,
  );
}

function pickVariant(live: LiveEndpoint, target: string | undefined, random: Random): VariantPlan {
  if (target !== undefined) {
    const found = live.fleet.plan.production.find(({ variant }) => variant.VariantName === target);
    if (found === undefined) throw validationError(`Variant ${target} not found for Request`);
    return found;
  }
  const chosen = chooseVariant(live, random());
  if (chosen === undefined)
    throw validationError('every variant of the endpoint has weight 0; name one in TargetVariant');
  return chosen;
}

/** Sends the request to one variant; metrics and data capture see it whatever becomes of it. */
async function exchange(
  { scope, capture, metrics }: RuntimeParts,
  { record, fleet }: LiveEndpoint,
  plan: VariantPlan,
  request: AwsRequest,
  startedAt: number,
): Promise<ModelResponse> {
  const variantName = plan.variant.VariantName;
  const { headers } = request;
  const contentType = headers['content-type'] ?? 'application/octet-stream';
  const sentAt = performance.now();
  const overheadLatencyUs = 1000 * (sentAt - startedAt);
  const count = {
    endpointName: record.name,
    variantName,
    instanceCount: record.capacities[variantName]?.instanceCount ?? 1,
    overheadLatencyUs,
  };
  let response: ModelResponse;
  try {
    response = await fleet.server(variantName).send({
      method: 'POST',
      path: '/invocations',
      headers: {
        'content-type': contentType,
        ...(headers['accept'] === undefined ? {} : { accept: headers['accept'] }),
        ...(headers[CUSTOM_ATTRIBUTES] === undefined ? {} : { [CUSTOM_ATTRIBUTES]: headers[CUSTOM_ATTRIBUTES] }),
      },
      body: request.body,
      limitMs: INVOCATION_LIMIT_MS,
    });
  } catch (error) {
    metrics.record({ ...count, status: 0 });
    if (!(error instanceof ModelServerError)) throw error;
    throw modelError(scope, record.name, variantName, 0, error.message);
  }
  metrics.record({ ...count, modelLatencyUs: 1000 * (performance.now() - sentAt), status: response.status });
  const { capture: config } = fleet.plan;
  if (capture.wants(config)) {
    const inferenceId = headers['x-amzn-sagemaker-inference-id'];
    const customAttributes = headers[CUSTOM_ATTRIBUTES];
    capture.add({
      endpointName: record.name,
      variantName,
      roleArn: plan.roleArn,
      capture: config,
      input: { contentType, body: request.body },
      output: { contentType: response.headers['content-type'] ?? '', body: response.body },
      ...(inferenceId === undefined ? {} : { inferenceId }),
      ...(customAttributes === undefined ? {} : { customAttributes }),
      at: scope.region.clock.now(),
    });
  }
  return response;
}

function answer(
  scope: SageMakerScope,
  endpointName: string,
  { variant }: VariantPlan,
  response: ModelResponse,
): AwsResponse {
  const name = variant.VariantName;
  if (response.status >= 400)
    throw modelError(scope, endpointName, name, response.status, response.body.toString('utf8'));
  if (response.body.length > MAX_BODY_BYTES) {
    throw modelError(
      scope,
      endpointName,
      name,
      response.status,
      `the response of ${response.body.length} bytes is over ${MAX_BODY_BYTES}`,
    );
  }
  const attributes = response.headers[CUSTOM_ATTRIBUTES];
  return {
    status: 200,
    headers: {
      'content-type': response.headers['content-type'] ?? 'application/octet-stream',
      'x-amzn-invoked-production-variant': name,
      ...(typeof attributes === 'string' ? { [CUSTOM_ATTRIBUTES]: attributes } : {}),
    },
    body: response.body,
  };
}

function modelError(
  scope: SageMakerScope,
  endpointName: string,
  variantName: string,
  status: number,
  original: string,
): AwsError {
  const side = status >= 400 && status < 500 ? 'client' : 'server';
  const logGroup = `/aws/sagemaker/Endpoints/${endpointName}`;
  const message = `Received ${side} error (${status}) from ${variantName} with message "${original}". See ${logGroup} in account ${scope.region.accountId} for more information.`;
  return new AwsError('ModelError', message, 424, {
    Message: message,
    OriginalStatusCode: status,
    OriginalMessage: original,
    LogStreamArn: `arn:aws:logs:${scope.region.regionName}:${scope.region.accountId}:log-group:${logGroup}`,
  });
}

function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, 400, { Message: message });
}
