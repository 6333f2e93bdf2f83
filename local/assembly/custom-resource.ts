import { randomUUID } from 'node:crypto';
import type { Caller, ProvisionedResource, Region } from '../service.ts';
import { stackArn } from './stack-scope.ts';

/** Path on the AWS endpoint to which custom resources send their answers. */
export const RESPONSE_PATH = '/_cloudformation/response/';

/** How long CloudFormation waits for an answer when the template sets no ServiceTimeout. */
const DEFAULT_SERVICE_TIMEOUT_S = 3600;

/** The document a custom resource puts to its ResponseURL. */
interface CustomResourceResponse {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: Readonly<Record<string, unknown>>;
}

export interface CustomResourceRequest {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly properties: Readonly<Record<string, unknown>>;
  readonly oldProperties?: Readonly<Record<string, unknown>>;
  readonly physicalId?: string;
}

/** Runs custom resources as CloudFormation does: invoke the function, then wait for its answer by HTTP. */
export interface CustomResources {
  /** @throws Error when the function fails, answers FAILED, or does not answer within the ServiceTimeout */
  run(request: CustomResourceRequest): Promise<ProvisionedResource>;
  /** Takes the body of a PUT to the ResponseURL; false when nobody waits for this answer. */
  acceptResponse(token: string, body: string): boolean;
}

export function isCustomResource(type: string): boolean {
  return type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::');
}

export function makeCustomResources(region: Region, person: Caller): CustomResources {
  const waiting = new Map<string, (response: CustomResourceResponse) => void>();
  return {
    acceptResponse: (token, body) => {
      const resolve = waiting.get(token);
      resolve?.(JSON.parse(body) as CustomResourceResponse); // checked by toProvisioned
      return resolve !== undefined;
    },
    run: async (request) => {
      const token = randomUUID();
      const answered = new Promise<CustomResourceResponse>((resolve) => waiting.set(token, resolve));
      const abort = new AbortController();
      try {
        const invoked = invokeFunction(region, person, request, token);
        const failed = invoked.then(() => new Promise<never>(() => {})); // a function that returned has yet to answer
        return toProvisioned(await Promise.race([answered, failed, timeout(region, request, abort.signal)]), request);
      } finally {
        waiting.delete(token);
        abort.abort();
      }
    },
  };
}

async function invokeFunction(
  region: Region,
  person: Caller,
  request: CustomResourceRequest,
  token: string,
): Promise<void> {
  const event = {
    RequestType: request.requestType,
    ServiceToken: request.properties['ServiceToken'],
    ResponseURL: `${region.endpointUrl}${RESPONSE_PATH}${token}`,
    StackId: stackArn(region, request.stackName),
    RequestId: token,
    ResourceType: request.type,
    LogicalResourceId: request.logicalId,
    PhysicalResourceId: request.physicalId,
    ResourceProperties: asCloudFormationText(request.properties),
    OldResourceProperties: asCloudFormationText(request.oldProperties),
  };
  const functionName = String(request.properties['ServiceToken']);
  const answer = await region.invoke('lambda', 'Invoke', { FunctionName: functionName, Payload: event }, person);
  if (answer['FunctionError'] !== undefined) {
    throw new Error(`its function ${functionName} failed: ${JSON.stringify(answer['Payload'])}`);
  }
}

async function timeout(region: Region, request: CustomResourceRequest, signal: AbortSignal): Promise<never> {
  const timeoutS = Number(request.properties['ServiceTimeout'] ?? DEFAULT_SERVICE_TIMEOUT_S);
  await region.clock.sleep(timeoutS * 1000 * region.clock.speed, signal); // the function runs in real time at any speed
  throw new Error(`its function did not answer the ${request.requestType} request within ${timeoutS} s`);
}

function toProvisioned(response: CustomResourceResponse, request: CustomResourceRequest): ProvisionedResource {
  if (response.Status !== 'SUCCESS') {
    throw new Error(`its function answered ${response.Status}: ${response.Reason ?? '(no reason given)'}`);
  }
  const ref = response.PhysicalResourceId ?? request.physicalId;
  if (ref === undefined || ref === '') throw new Error('its function answered SUCCESS without a PhysicalResourceId');
  const attributes = Object.entries(response.Data ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return { ref, attributes: Object.fromEntries(attributes) };
}

/** CloudFormation hands every number and boolean to custom resources as text. */
function asCloudFormationText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(asCloudFormationText);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asCloudFormationText(item)]));
  }
  return value;
}
