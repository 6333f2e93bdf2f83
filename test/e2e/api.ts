import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionResponse, ExecutionStartedResponse } from '../../contracts/api/operations.ts';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** One request, whatever its answer. */
export async function ask<T>(url: string, path: string, body?: unknown): Promise<Answer<T>> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url + path, init);
  return { status: response.status, body: (await response.json()) as T }; // each caller names the contract of its path
}

/** One request that must succeed. */
export async function asked<T>(url: string, path: string, body?: unknown): Promise<T> {
  const answer = await ask<T>(url, path, body);
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Starts long-running work and answers its id. */
export async function started(url: string, path: string, body: unknown = {}): Promise<string> {
  return (await asked<ExecutionStartedResponse>(url, path, body)).executionId;
}

/** Looks at an execution until `isReached` says so, or it has ended. */
export async function watch(
  url: string,
  executionId: string,
  isReached: (seen: ExecutionResponse) => boolean = () => false,
): Promise<ExecutionResponse> {
  const path = `/v1/executions/${encodeURIComponent(executionId)}`;
  for (;;) {
    const seen = await ask<ExecutionResponse>(url, path);
    // not there yet: a flow that another one starts; or the machine is too busy to say
    const isTold = seen.status !== 404 && seen.status < 500;
    if (isTold && (seen.body.status !== 'RUNNING' || isReached(seen.body))) return seen.body;
    await sleep(20);
  }
}
