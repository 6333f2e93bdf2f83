/** A failure as the Amazon States Language knows it: a name that Retry and Catch match on, and a cause. */
export class StateError extends Error {
  /** `States.Timeout`, `SageMaker.ResourceLimitExceededException`, or the function's own error name. */
  readonly error: string;
  readonly errorCause: string;

  constructor(error: string, errorCause: string) {
    super(`${error}: ${errorCause}`);
    this.name = 'StateError';
    this.error = error;
    this.errorCause = errorCause;
  }
}

/** Raised inside a running execution by StopExecution. */
export class ExecutionStopped extends Error {
  override readonly name = 'ExecutionStopped';
}

/** Raised inside running executions when the region stops; nothing is written and no job is stopped. */
export class RegionStopping extends Error {
  override readonly name = 'RegionStopping';
}

/** Raised in the other branches when one branch of a Parallel or Map state has failed. */
export class SiblingFailed extends Error {
  override readonly name = 'SiblingFailed';
}

/** Errors that no wildcard catches. */
const UNCATCHABLE = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/**
 * Whether one entry of ErrorEquals matches. `States.ALL` matches all but DataLimitExceeded and Runtime;
 * `States.TaskFailed` matches all but those and Timeout; `States.Timeout` also matches a missed heartbeat.
 *
 * Source: Amazon States Language, "Error names"; Step Functions developer guide, "Handling errors".
 */
export function matchesError(pattern: string, error: string): boolean {
  if (pattern === error) return true;
  if (pattern === 'States.ALL') return !UNCATCHABLE.has(error);
  if (pattern === 'States.TaskFailed') return !UNCATCHABLE.has(error) && error !== 'States.Timeout';
  return pattern === 'States.Timeout' && error === 'States.HeartbeatTimeout';
}
