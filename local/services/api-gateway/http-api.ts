import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Region, ResourceRequest, ResourceType } from '../../service.ts';
import { readProperties, templateNumber } from '../read-document.ts';
import { parseRouteKey, type RoutePattern } from './match-route.ts';

const accepted = z.unknown().optional();

const ApiProperties = z.strictObject({
  Name: z.string(),
  ProtocolType: z.literal('HTTP', 'the laptop region has HTTP APIs only'),
  CorsConfiguration: z.undefined('CORS is not supported by the laptop region').optional(),
  Description: accepted,
  DisableExecuteApiEndpoint: accepted,
  RouteSelectionExpression: accepted,
  Tags: accepted,
  Version: accepted,
});
const StageProperties = z.strictObject({
  ApiId: z.string(),
  StageName: z.literal('$default', 'the laptop region serves the stage $default only'),
  AccessLogSettings: accepted, // every request is in logs/api-access.log
  AutoDeploy: accepted,
  DefaultRouteSettings: accepted, // throttling: nobody else calls a laptop
  DeploymentId: accepted,
  Description: accepted,
  RouteSettings: accepted,
  StageVariables: z.undefined('stage variables are not supported by the laptop region').optional(),
  Tags: accepted,
});
const IntegrationProperties = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY', 'the laptop region has Lambda integrations only'),
  IntegrationMethod: accepted,
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0', 'the laptop region speaks payload format 2.0 only'),
  TimeoutInMillis: templateNumber.pipe(z.int().min(50).max(30_000)).default(30_000),
  Description: accepted,
});
const RouteProperties = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().startsWith('integrations/'),
  AuthorizationType: z.enum(['NONE', 'AWS_IAM']).default('NONE'),
  OperationName: accepted,
});
const DeploymentProperties = z.strictObject({ ApiId: z.string(), Description: accepted, StageName: accepted });

export interface Route {
  readonly pattern: RoutePattern;
  readonly needsIam: boolean;
  readonly integrationId: string;
}

export interface Integration {
  /** ARN of the function. */
  readonly functionArn: string;
  readonly timeoutMs: number;
}

/** The one HTTP API that a region serves, as far as it is provisioned. */
export interface HttpApi {
  readonly apiId: string;
  readonly routes: readonly Route[];
  /** Undefined for an id no integration has. */
  integration(id: string): Integration | undefined;
  readonly resources: Readonly<Record<string, ResourceType>>;
}

export function makeHttpApi(region: Region): HttpApi {
  const routesById = new Map<string, Route>();
  const integrations = new Map<string, Integration>();
  let apiId = '';

  const ofThisApi = (given: string) => {
    if (given !== apiId)
      throw new Error(`ApiId ${given} is not the API of this region, ${apiId || 'which has none yet'}`);
  };
  const provisionApi = async (request: ResourceRequest) => {
    readProperties(ApiProperties, request, 'AWS::ApiGatewayV2::Api');
    const id = shortId(request.generatedName);
    if (apiId !== '' && apiId !== id) throw new Error('a laptop region serves one HTTP API, and this is the second');
    apiId = id;
    return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: region.apiUrl } };
  };
  const provisionStage = async (request: ResourceRequest) => {
    const stage = readProperties(StageProperties, request, 'AWS::ApiGatewayV2::Stage');
    ofThisApi(stage.ApiId);
    return { ref: stage.StageName };
  };
  const provisionIntegration = async (request: ResourceRequest) => {
    const properties = readProperties(IntegrationProperties, request, 'AWS::ApiGatewayV2::Integration');
    ofThisApi(properties.ApiId);
    const id = shortId(request.generatedName);
    // either the function's ARN, or the ARN of API Gateway's own invocation path that ends in it
    const functionArn = /arn:aws:lambda:[^/]+/.exec(properties.IntegrationUri)?.[0];
    if (functionArn === undefined) throw new Error(`IntegrationUri ${properties.IntegrationUri} names no function`);
    integrations.set(id, { functionArn, timeoutMs: properties.TimeoutInMillis });
    return { ref: id, attributes: { IntegrationId: id } };
  };
  const provisionRoute = async (request: ResourceRequest) => {
    const properties = readProperties(RouteProperties, request, 'AWS::ApiGatewayV2::Route');
    ofThisApi(properties.ApiId);
    const id = shortId(request.generatedName);
    routesById.set(id, {
      pattern: parseRouteKey(properties.RouteKey),
      needsIam: properties.AuthorizationType === 'AWS_IAM',
      integrationId: properties.Target.slice('integrations/'.length),
    });
    return { ref: id, attributes: { RouteId: id } };
  };
  const provisionDeployment = async (request: ResourceRequest) => {
    ofThisApi(readProperties(DeploymentProperties, request, 'AWS::ApiGatewayV2::Deployment').ApiId);
    return { ref: shortId(request.generatedName) };
  };

  return {
    get apiId() {
      return apiId;
    },
    get routes() {
      return [...routesById.values()];
    },
    integration: (id) => integrations.get(id),
    resources: {
      'AWS::ApiGatewayV2::Api': { provision: provisionApi },
      'AWS::ApiGatewayV2::Stage': { provision: provisionStage },
      'AWS::ApiGatewayV2::Integration': {
        provision: provisionIntegration,
        remove: async ({ ref }) => void integrations.delete(ref),
      },
      'AWS::ApiGatewayV2::Route': { provision: provisionRoute, remove: async ({ ref }) => void routesById.delete(ref) },
      'AWS::ApiGatewayV2::Deployment': { provision: provisionDeployment },
    },
  };
}

/** Ten characters, like API Gateway's own ids. */
function shortId(name: string): string {
  return BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 16)}`)
    .toString(36)
    .padStart(10, '0')
    .slice(0, 10);
}
