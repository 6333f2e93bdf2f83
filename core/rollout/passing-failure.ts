/**
 * Names of failures that say nothing about what was tried: a service did not answer, was busy, or had too much to do; a
 * process was lost. Step Functions passes on names alone, so kinds of errors do not reach whoever judges a failure.
 *
 * Source: AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows" (names of Lambda errors);
 * `core/errors.ts` and `core/release/endpoint-busy-error.ts` (ours).
 */
const PASSING: ReadonlySet<string> = new Set([
  'UnavailableError',
  'ThrottledError',
  'EndpointBusyError',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Sandbox.Timedout',
  'States.Timeout',
]);

/** Whether the same may go well when it is tried later; false for a name that is not known. */
export function isPassingFailure(name: string): boolean {
  return PASSING.has(name);
}
