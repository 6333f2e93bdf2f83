import { AwsError, type AwsRequest, type AwsResponse, type Caller } from '../../service.ts';

/** The members of Lambda's Invoke that the region knows. */
export interface InvokeInput {
  /** Name, partial ARN or ARN. */
  readonly functionName: string;
  /** JSON text. */
  readonly payload: string;
  readonly invocationType: 'RequestResponse' | 'Event' | 'DryRun';
}

export interface InvokeOutput {
  readonly StatusCode: number;
  /** JSON text; absent when nothing was run. */
  readonly Payload?: string;
  readonly FunctionError?: 'Unhandled';
  readonly ExecutedVersion?: string;
}

/** AWS: 6 MB for an answer that is waited for, 1 MB for an event. */
const PAYLOAD_LIMIT_BYTES = 6 * 2 ** 20;
const EVENT_LIMIT_BYTES = 2 ** 20;

/**
 * Reads the input document of an in-process Invoke. `Payload` is JSON text, or a value to be written as JSON.
 *
 * @throws AwsError for what Lambda refuses before it runs anything
 */
export function readInvokeInput(input: Readonly<Record<string, unknown>>): InvokeInput {
  const { FunctionName: name, Payload: given, Qualifier: qualifier, InvocationType: type = 'RequestResponse' } = input;
  if (typeof name !== 'string' || name === '') {
    throw new AwsError('ValidationException', `FunctionName must be text, got ${JSON.stringify(name)}`);
  }
  const payload = payloadText(given);
  if (type !== 'RequestResponse' && type !== 'Event' && type !== 'DryRun') {
    throw new AwsError(
      'InvalidParameterValueException',
      `InvocationType must be RequestResponse, Event or DryRun, got ${type}`,
    );
  }
  const limitBytes = type === 'Event' ? EVENT_LIMIT_BYTES : PAYLOAD_LIMIT_BYTES;
  const sizeBytes = Buffer.byteLength(payload);
  if (sizeBytes > limitBytes) {
    const message = `${sizeBytes} byte payload is too large for the ${type} invocation type (limit ${limitBytes} bytes)`;
    throw new AwsError('RequestTooLargeException', message, 413);
  }
  return { functionName: qualifier === undefined ? name : `${name}:${qualifier}`, payload, invocationType: type };
}

function payloadText(given: unknown): string {
  if (given === undefined || given === '') return '{}';
  if (typeof given !== 'string') return JSON.stringify(given);
  try {
    JSON.parse(given);
    return given;
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new AwsError('InvalidRequestContentException', message);
  }
}

/** The answer of a run, refused when it is over Lambda's limit. */
export function responseWithinLimit(payload: string): string | undefined {
  return Buffer.byteLength(payload) <= PAYLOAD_LIMIT_BYTES ? payload : undefined;
}

const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]+)(\/configuration)?$/;

/** The REST form of Invoke, GetFunction and GetFunctionConfiguration. */
export async function handleLambdaRequest(
  request: AwsRequest,
  invoke: (input: InvokeInput, caller: Caller) => Promise<InvokeOutput>,
  configuration: (functionName: string, caller: Caller) => object,
): Promise<AwsResponse> {
  const invoked = INVOKE_PATH.exec(request.path);
  if (invoked !== null && request.method === 'POST') {
    const output = await invoke(
      readInvokeInput({
        FunctionName: decodeURIComponent(invoked[1]!),
        Payload: Buffer.from(request.body).toString('utf8'),
        InvocationType: request.headers['x-amz-invocation-type'],
        Qualifier: request.query.get('Qualifier') ?? undefined,
      }),
      request.caller,
    );
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (output.ExecutedVersion !== undefined) headers['x-amz-executed-version'] = output.ExecutedVersion;
    if (output.FunctionError !== undefined) headers['x-amz-function-error'] = output.FunctionError;
    return { status: output.StatusCode, headers, ...(output.Payload === undefined ? {} : { body: output.Payload }) };
  }
  const described = FUNCTION_PATH.exec(request.path);
  if (described !== null && request.method === 'GET') {
    const document = configuration(decodeURIComponent(described[1]!), request.caller);
    const body = JSON.stringify(described[2] === undefined ? { Configuration: document } : document);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  throw new AwsError(
    'UnknownOperationException',
    `the laptop region's Lambda does not know ${request.method} ${request.path}`,
    404,
  );
}
