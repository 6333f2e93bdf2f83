/** What functions, SageMaker's jobs and Athena's queries say of a failure. */
interface Failure {
  readonly errorMessage: string;
  readonly FailureReason: string;
  readonly QueryExecution: { readonly Status?: { readonly StateChangeReason?: string } };
}

/**
 * The reason in the cause that a failed task of a flow gives: a function gives its error as JSON with a stack, a job or a
 * query the whole of its description. Any other cause is the reason itself.
 */
export function failureReason(cause: string): string {
  try {
    const { errorMessage, FailureReason, QueryExecution } = JSON.parse(cause) as Partial<Failure>;
    return errorMessage ?? FailureReason ?? QueryExecution?.Status?.StateChangeReason ?? cause;
  } catch {
    return cause;
  }
}
