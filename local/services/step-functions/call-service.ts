import { AwsError, type Caller, type Region } from '../../service.ts';
import { lowerCamelKeys, upperCamelKeys } from './key-case.ts';
import { StateError } from './state-error.ts';
import type { TaskResource } from './task-resource.ts';

/** Services whose documents are in camelCase on the wire; in a definition all keys are in PascalCase. */
const CAMEL_CASE_SERVICES = new Set(['states', 'logs']);
/** Refusals that come from the SDK's base exception, because the services' models do not name them. */
const UNMODELLED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'SerializationException',
  'ThrottlingException',
  'UnknownOperationException',
]);
/** `ValidationException` is a modelled error of these services only. */
const MODELS_VALIDATION = new Set(['states', 'scheduler', 'application-autoscaling', 'logs', 'ssm', 'glue']);

type Document = Readonly<Record<string, unknown>>;

/**
 * Calls one operation as the state machine's role and gives what the definition sees of the answer.
 *
 * @throws StateError with the name Retry and Catch match on
 */
export async function callService(
  region: Region,
  resource: TaskResource,
  given: unknown,
  caller: Caller,
  execution: { readonly arn: string; readonly machineArn: string },
): Promise<unknown> {
  if (resource.signingName === 'lambda' && resource.operation === 'Invoke') {
    return invokeFunction(region, resource, given, caller);
  }
  const input = wireInput(resource, documentOf(given, resource), execution);
  const answer = await invokeNamed(region, resource, resource.operation, input, caller);
  if (resource.optimized === 'events:putEvents' && Number(answer['FailedEntryCount'] ?? 0) > 0) {
    throw new StateError('EventBridge.FailedEntry', JSON.stringify(answer));
  }
  return answer;
}

/** Calls an operation of the resource's service; error names come out as Step Functions spells them. */
export async function invokeNamed(
  region: Region,
  resource: TaskResource,
  operation: string,
  input: Document,
  caller: Caller,
): Promise<Document> {
  const camelCase = CAMEL_CASE_SERVICES.has(resource.signingName);
  try {
    const answer = await region.invoke(
      resource.signingName,
      operation,
      camelCase ? lowerCamelKeys(input) : input,
      caller,
    );
    return camelCase ? upperCamelKeys(answer) : plain(answer);
  } catch (error) {
    throw named(error, resource);
  }
}

function named(error: unknown, resource: TaskResource): StateError {
  if (!(error instanceof AwsError)) {
    const message = error instanceof Error ? error.message : String(error);
    return new StateError(`${resource.errorPrefix}.SdkClientException`, message);
  }
  const cause = `${error.message} (Service: ${resource.errorPrefix}, Status Code: ${error.status}, Error Code: ${error.code})`;
  const isUnmodelled =
    UNMODELLED.has(error.code) ||
    (error.code === 'ValidationException' && !MODELS_VALIDATION.has(resource.signingName));
  if (isUnmodelled) return new StateError(resource.fallbackError, cause);
  const name = error.code.endsWith('Exception') ? error.code : `${error.code}Exception`;
  return new StateError(`${resource.errorPrefix}.${name}`, cause);
}

/** What optimized integrations do to their arguments: JSON members become the text the service takes. */
function wireInput(
  resource: TaskResource,
  input: Document,
  execution: { readonly arn: string; readonly machineArn: string },
): Document {
  switch (resource.optimized) {
    case 'sns:publish':
      return { ...input, Message: asText(input['Message']) };
    case 'sqs:sendMessage':
      return { ...input, MessageBody: asText(input['MessageBody']) };
    case 'states:startExecution':
      return { ...input, Input: asText(input['Input'] ?? {}) };
    case 'events:putEvents':
      return {
        ...input,
        Entries: (Array.isArray(input['Entries']) ? input['Entries'] : []).map((entry: Document) => ({
          ...entry,
          Detail: asText(entry['Detail']),
          Resources: [
            ...(Array.isArray(entry['Resources']) ? entry['Resources'] : []),
            execution.arn,
            execution.machineArn,
          ],
        })),
      };
    default:
      return input;
  }
}

async function invokeFunction(region: Region, resource: TaskResource, given: unknown, caller: Caller) {
  const isDirect = resource.functionArn !== undefined;
  const input: Document = isDirect
    ? { FunctionName: resource.functionArn, Payload: given }
    : documentOf(given, resource);
  const { Payload = {}, ...rest } = input;
  const payload = JSON.stringify(Payload);
  const answer = await invokeNamed(region, resource, 'Invoke', { ...rest, Payload: payload }, caller);
  const returned = payloadOf(answer['Payload']);
  if (answer['FunctionError'] !== undefined) {
    const cause = typeof returned === 'object' && returned !== null ? (returned as Document) : {};
    const errorType = cause['errorType'];
    throw new StateError(typeof errorType === 'string' ? errorType : 'Lambda.Unknown', JSON.stringify(returned));
  }
  if (isDirect) return returned;
  return {
    ExecutedVersion: '$LATEST',
    ...answer,
    ...(returned === undefined ? {} : { Payload: returned }),
    StatusCode: answer['StatusCode'] ?? 200,
  };
}

/** The payload may cross as text, bytes, or JSON already read. */
function payloadOf(payload: unknown): unknown {
  if (payload === undefined || payload === '') return undefined;
  if (typeof payload === 'string') return JSON.parse(payload);
  if (payload instanceof Uint8Array) {
    return payload.length === 0 ? undefined : JSON.parse(Buffer.from(payload).toString('utf8'));
  }
  return payload;
}

function documentOf(given: unknown, resource: TaskResource): Document {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return { ...given };
  throw new StateError('States.Runtime', `${resource.operation} takes an object as Arguments, got ${typeof given}`);
}

function asText(value: unknown): unknown {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Dates become ISO text, as the SDK integrations give them; undefined members go. */
function plain(answer: object): Document {
  return JSON.parse(JSON.stringify(answer));
}
