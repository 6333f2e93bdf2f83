import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionResponse } from '../../contracts/api/operations.ts';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-failure.ts';

/** Wait between two looks: short at first, so that short work is told at once. */
const FIRST_POLL_MS = 200;
const LAST_POLL_MS = 3_000;
/** A started execution may take a moment to be visible. */
const APPEARS_WITHIN_MS = 10_000;

/** Work that was started and ended without success. */
export class ExecutionFailedError extends CliError {}

/**
 * Waits until long-running work has ended and answers its output; tells the step it is in.
 *
 * @throws ExecutionFailedError with the reason and the step
 */
export async function followExecution<T>(
  api: ApiClient,
  executionId: string,
  what: string,
  terminal: Terminal,
): Promise<T> {
  const startedAt = Date.now();
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.25, LAST_POLL_MS)) {
    const execution = await look(api, executionId, startedAt);
    if (execution?.status === 'SUCCEEDED') {
      terminal.progressEnd();
      return execution.output as T; // the flow's contract gives this shape
    }
    if (execution !== null && execution.status !== 'RUNNING') {
      terminal.progressEnd();
      throw failed(execution, what);
    }
    terminal.progress(`${what}${execution?.step == null ? '' : `: ${stepWords(execution.step)}`}`);
    await sleep(pollMs);
  }
}

async function look(api: ApiClient, executionId: string, startedAt: number): Promise<ExecutionResponse | null> {
  try {
    return await api.get<ExecutionResponse>(`/v1/executions/${encodeURIComponent(executionId)}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404 && Date.now() - startedAt < APPEARS_WITHIN_MS) return null;
    throw error;
  }
}

function failed(execution: ExecutionResponse, what: string): ExecutionFailedError {
  const { error, step, status } = execution;
  const reason = error === null ? status.toLowerCase().replace('_', ' ') : messageOf(error.message);
  const at = step === null ? '' : ` at ${step}`;
  const hint =
    error?.name === 'TableBusyError' ? 'another run writes the table; run the command again when it is done' : '';
  return new ExecutionFailedError(`${what} failed${at}: ${reason}`, hint, { execution });
}

/** A Lambda's failure comes as JSON with its message inside. */
function messageOf(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) return String(parsed.errorMessage);
  } catch {
    // it was a plain message
  }
  return cause;
}

/** `PrepareEvaluation` as `prepare evaluation`. */
function stepWords(step: string): string {
  return step.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
