/** What the store keeps of state machines and executions; every write is one step an execution cannot lose. */

export interface MachineRecord {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** Key of the definition's text; executions keep theirs when the machine changes. */
  readonly definitionDigest: string;
  readonly loggingConfiguration?: unknown;
  readonly tracingConfiguration?: unknown;
  readonly createdAtMs: number;
  readonly revisionId: string;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  readonly machineName: string;
  readonly machineArn: string;
  readonly machineType: 'STANDARD' | 'EXPRESS';
  readonly roleArn: string;
  readonly definitionDigest: string;
  readonly status: ExecutionStatus;
  /** JSON text, as given. */
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly startedAtMs: number;
  readonly stoppedAtMs?: number;
}

/** A Task attempt under way. */
export interface PendingTask {
  /** `scheduled`: may or may not have been called; `called`: was; a job's id or a token's answer is awaited. */
  phase: 'scheduled' | 'called';
  /** Evaluated once per attempt, so that a call repeated after a crash is the same call. */
  readonly arguments: unknown;
  readonly timeoutAtMs?: number;
  readonly heartbeatSeconds?: number;
  heartbeatAtMs?: number;
  readonly token?: string;
  /** Input of the Describe call that watches the job. */
  job?: Readonly<Record<string, unknown>>;
  /** What SendTaskSuccess or SendTaskFailure brought. */
  answer?: { readonly output: unknown } | { readonly error: string; readonly cause: string };
}

/** A scope being run: the machine itself, or one branch or item. Keyed by its path in the execution. */
export interface FrameRecord {
  readonly path: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  stateName: string;
  /** How many states this frame has entered; part of the paths of its branches. */
  entry: number;
  input: unknown;
  enteredAtMs: number;
  variables: Readonly<Record<string, unknown>>;
  /** Failed attempts of the current state, in all and per retrier. */
  retryCount: number;
  retriesUsed: number[];
  /** When a backoff or a Wait state ends, in time of day. */
  wakeAtMs?: number;
  task?: PendingTask;
  /** Inputs of the branches or items of the current state. */
  fanOut?: readonly unknown[];
  lastEventId: number;
  output?: unknown;
  error?: string;
  cause?: string;
}

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestampMs: number;
  readonly type: string;
  /** One member, named as in GetExecutionHistory: `stateEnteredEventDetails`. */
  readonly details?: Readonly<Record<string, unknown>>;
}
