import type { Region } from '../../service.ts';
import type { Bindings } from './evaluate.ts';
import type { ExecutionJournal } from './execution-journal.ts';
import type { ExecutionRecord, FrameRecord } from './records.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What every state of a running execution needs. */
export interface Run {
  readonly region: Region;
  readonly execution: ExecutionRecord;
  /** Its input, read from JSON once. */
  readonly input: unknown;
  readonly journal: ExecutionJournal;
  readonly tokens: TaskTokens;
}

/** Where a scope runs: its path, what it inherits, and what stops it. */
export interface Place {
  readonly path: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
  /** Variables of the scopes around; empty in a distributed map, whose items are executions of their own. */
  readonly outerVariables: Readonly<Record<string, unknown>>;
  /** `$states.context.Map`, inside an item. */
  readonly map?: unknown;
  /** Items of a distributed map keep no history in their parent, as on AWS. */
  readonly keepsHistory: boolean;
  readonly parentEventId: number;
}

export function bindingsOf(
  run: Run,
  place: Place,
  frame: FrameRecord,
  extra: Partial<Bindings['states']> & { readonly token?: string; readonly mapItem?: unknown } = {},
): Bindings {
  const { token, mapItem, ...states } = extra;
  const { execution } = run;
  const map = mapItem === undefined ? place.map : mapItem;
  return {
    variables: { ...place.outerVariables, ...frame.variables },
    states: {
      input: frame.input,
      context: {
        Execution: {
          Id: execution.arn,
          Input: run.input,
          Name: execution.name,
          RoleArn: execution.roleArn,
          StartTime: new Date(execution.startedAtMs).toISOString(),
          RedriveCount: 0,
        },
        State: {
          EnteredTime: new Date(frame.enteredAtMs).toISOString(),
          Name: frame.stateName,
          RetryCount: frame.retryCount,
        },
        StateMachine: { Id: execution.machineArn, Name: execution.machineName },
        ...(token === undefined ? {} : { Task: { Token: token } }),
        ...(map === undefined ? {} : { Map: map }),
      },
      ...states,
    },
  };
}

/** Rejects with the signal's reason; resolves never. Lets a call that cannot be stopped be abandoned. */
export function aborted(signal: AbortSignal): { readonly promise: Promise<never>; readonly release: () => void } {
  let listener: () => void = () => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    listener = () => reject(signal.reason);
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, release: () => signal.removeEventListener('abort', listener) };
}

/** Waits in time of day, whatever the region's speed. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const stop = aborted(signal);
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
        timer.unref();
      }),
      stop.promise,
    ]);
  } finally {
    clearTimeout(timer);
    stop.release();
  }
}
