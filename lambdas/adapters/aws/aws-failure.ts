import { type ErrorKind, isRetryable, PlatformError } from '../../../core/errors.ts';

const THROTTLED: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'ThrottledException',
  'Throttling',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'SlowDown',
  'LimitExceededException',
  // of an item, for which a whole transaction of DynamoDB was cancelled
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

const UNAVAILABLE: ReadonlySet<string> = new Set([
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'AbortError',
  'InternalServerError',
  'InternalFailure',
  'InternalError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalServerException',
  'InternalDependencyException',
  'NetworkingError',
  // somebody else's write was under way: DynamoDB's of one item beside a transaction, S3's with If-None-Match, the
  // others' of one of their resources
  'TransactionConflictException',
  'ConditionalRequestConflict',
  'OperationAborted',
  'ConcurrentUpdateException',
  'ConflictException',
]);

/**
 * Waits for an AWS call and gives its failure the kind that says how to treat it; the SDK's error stays the cause.
 * A failure that is known already passes as it is.
 *
 * @param what the call, for a reader: `DynamoDB BatchGetItem on headgate-online`
 * @throws PlatformError named ThrottledError, UnavailableError, AccessDeniedError or AwsRequestError
 */
export async function answerOf<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof PlatformError ? error : awsFailure(what, error);
  }
}

export function awsFailure(what: string, error: unknown): PlatformError {
  const { name, message, status } = factsOf(error);
  const [ours, kind] = treatmentOf(name, status, cancellationCodes(error));
  const hint = isRetryable(kind) ? '; try again' : '';
  return new PlatformError(
    ours,
    kind,
    `${what} failed: ${name}: ${message}${hint}`,
    { call: what, cause: name },
    error,
  );
}

/** Whether the SDK's error has one of these names. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return names.includes(factsOf(error).name);
}

function treatmentOf(name: string, status: number, codes: readonly string[]): readonly [string, ErrorKind] {
  if ([name, ...codes].some((one) => THROTTLED.has(one)) || status === 429) return ['ThrottledError', 'throttled'];
  // the platform's own role lacks a right: nothing the caller of the API can do about
  if (name.startsWith('AccessDenied') || status === 403) return ['AccessDeniedError', 'bug'];
  if (UNAVAILABLE.has(name) || status >= 500 || status === 0) return ['UnavailableError', 'unavailable'];
  return ['AwsRequestError', 'bug'];
}

/** Why each item of a transaction was refused; none for another failure. */
function cancellationCodes(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { CancellationReasons: reasons = [] } = error as Error & { CancellationReasons?: readonly { Code?: string }[] }; // DynamoDB's alone
  return reasons.flatMap(({ Code: code }) => code ?? []);
}

/** `status` is 0 when no answer came: connection refused, reset, timed out. */
function factsOf(error: unknown): { readonly name: string; readonly message: string; readonly status: number } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), status: 500 };
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }; // the SDK puts it on every answer
  return { name: error.name, message: error.message, status: $metadata?.httpStatusCode ?? 0 };
}
