import type { TaskState } from './asl-schema.ts';
import { callService } from './call-service.ts';
import { checkStateSize, evaluate } from './evaluate.ts';
import type { FrameRecord, PendingTask } from './records.ts';
import { aborted, bindingsOf, type Place, type Run } from './run.ts';
import { StateError } from './state-error.ts';
import { prepareJob, runJob } from './sync-job.ts';
import { parseTaskResource, type TaskResource } from './task-resource.ts';

/**
 * Runs one attempt of a Task state. Its arguments are on disk before the call, and a job's id or the token's answer
 * right after, so a restarted region goes on from there: request-response calls may be made twice, jobs are not.
 *
 * Timeouts count time of day: the work itself does not run faster when the region's clock does.
 */
export async function runTask(run: Run, state: TaskState, frame: FrameRecord, place: Place): Promise<unknown> {
  const resource = parseTaskResource(state.Resource);
  const mayHaveStarted = frame.task !== undefined;
  const task = frame.task ?? (await schedule(run, state, resource, frame, place));
  const deadline = new AbortController();
  const signal = AbortSignal.any([place.signal, deadline.signal]);
  const timer = armTimeout(run, task, deadline);
  const abort = aborted(signal);
  try {
    const result = await Promise.race([
      attempt(run, resource, frame, place, task, { signal, mayHaveStarted }),
      // A job stops itself when it is abandoned, so it must not be overtaken.
      ...(resource.pattern === 'sync' ? [] : [abort.promise]),
    ]);
    checkStateSize(result, 'result of the task');
    if (place.keepsHistory) {
      run.journal.record(frame, 'TaskSucceeded', {
        taskSucceededEventDetails: { ...eventNames(resource), output: JSON.stringify(result) },
      });
    }
    return result;
  } catch (error) {
    if (error instanceof StateError && place.keepsHistory) recordFailure(run, resource, frame, error);
    throw error;
  } finally {
    clearInterval(timer);
    abort.release();
  }
}

async function schedule(
  run: Run,
  state: TaskState,
  resource: TaskResource,
  frame: FrameRecord,
  place: Place,
): Promise<PendingTask> {
  const { execution, journal, tokens, region } = run;
  const token = resource.pattern === 'token' ? tokens.issue(execution.arn, execution.machineArn) : undefined;
  const bindings = bindingsOf(run, place, frame, token === undefined ? {} : { token });
  const given = state.Arguments === undefined ? frame.input : await evaluate(state.Arguments, bindings, 'Arguments');
  checkStateSize(given, 'arguments of the task');
  const timeoutSeconds = await seconds(state.TimeoutSeconds, 'TimeoutSeconds');
  const heartbeatSeconds = await seconds(state.HeartbeatSeconds, 'HeartbeatSeconds');
  const nowMs = region.clock.now().getTime();
  const attemptKey = `${execution.arn} ${frame.path} ${frame.entry} ${frame.retryCount}`;
  const task: PendingTask = {
    phase: 'scheduled',
    arguments: prepareJob(resource, given, attemptKey),
    ...(timeoutSeconds === undefined ? {} : { timeoutAtMs: nowMs + timeoutSeconds * 1000 }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds, heartbeatAtMs: nowMs + heartbeatSeconds * 1000 }),
    ...(token === undefined ? {} : { token }),
  };
  frame.task = task;
  journal.atomically(() => {
    if (place.keepsHistory) {
      journal.record(frame, 'TaskScheduled', {
        taskScheduledEventDetails: {
          ...eventNames(resource),
          region: region.regionName,
          parameters: JSON.stringify(task.arguments),
          ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
          ...(heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }),
        },
      });
      journal.record(frame, 'TaskStarted', { taskStartedEventDetails: eventNames(resource) });
    }
    journal.save(frame);
  });
  return task;

  async function seconds(field: number | string | undefined, name: string): Promise<number | undefined> {
    if (field === undefined) return undefined;
    const value = await evaluate(field, bindings, name);
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    throw new StateError('States.QueryEvaluationError', `${name} must be a positive whole number, got ${value}`);
  }
}

async function attempt(
  run: Run,
  resource: TaskResource,
  frame: FrameRecord,
  place: Place,
  task: PendingTask,
  options: { readonly signal: AbortSignal; readonly mayHaveStarted: boolean },
): Promise<unknown> {
  const { region, execution, journal } = run;
  const caller = region.callerForRole(execution.roleArn);
  const call = () =>
    callService(region, resource, task.arguments, caller, { arn: execution.arn, machineArn: execution.machineArn });
  const submitted = (answer: unknown) => {
    if (options.signal.aborted) return;
    task.phase = 'called';
    journal.atomically(() => {
      if (place.keepsHistory) {
        journal.record(frame, 'TaskSubmitted', {
          taskSubmittedEventDetails: { ...eventNames(resource), output: JSON.stringify(answer) },
        });
      }
      journal.save(frame);
    });
  };
  switch (resource.pattern) {
    case 'request':
      return call();
    case 'sync':
      return runJob(run, resource, task, caller, {
        ...options,
        start: call,
        onStarted: (watch, answer) => {
          task.job = watch;
          submitted(answer);
        },
      });
    case 'token': {
      if (task.phase === 'scheduled') submitted(await call());
      return answerOf(run, task, options.signal);
    }
  }
}

async function answerOf(run: Run, task: PendingTask, signal: AbortSignal): Promise<unknown> {
  const token = task.token ?? '';
  const stop = aborted(signal);
  try {
    for (let heartbeats = 0; ; ) {
      const changed = run.tokens.changed(token);
      const record = run.tokens.get(token);
      if (record === undefined) throw new StateError('States.Runtime', 'the task token was lost');
      if (record.answer !== undefined) {
        if ('error' in record.answer) throw new StateError(record.answer.error, record.answer.cause);
        return record.answer.output;
      }
      if (record.heartbeats !== heartbeats && task.heartbeatSeconds !== undefined) {
        task.heartbeatAtMs = run.region.clock.now().getTime() + task.heartbeatSeconds * 1000;
        heartbeats = record.heartbeats;
      }
      await Promise.race([changed, stop.promise]);
    }
  } finally {
    stop.release();
  }
}

/** Looks at the deadlines ten times a second: they may be a year away, further than a timer reaches. */
function armTimeout(run: Run, task: PendingTask, deadline: AbortController): NodeJS.Timeout | undefined {
  if (task.timeoutAtMs === undefined && task.heartbeatAtMs === undefined) return undefined;
  const timer = setInterval(() => {
    const nowMs = run.region.clock.now().getTime();
    if (task.timeoutAtMs !== undefined && nowMs >= task.timeoutAtMs) {
      deadline.abort(new StateError('States.Timeout', 'The task ran longer than TimeoutSeconds.'));
    } else if (task.heartbeatAtMs !== undefined && nowMs >= task.heartbeatAtMs) {
      deadline.abort(new StateError('States.HeartbeatTimeout', 'No heartbeat arrived within HeartbeatSeconds.'));
    }
  }, 100);
  timer.unref();
  return timer;
}

function recordFailure(run: Run, resource: TaskResource, frame: FrameRecord, error: StateError): void {
  const details = { ...eventNames(resource), error: error.error, cause: error.errorCause };
  if (error.error === 'States.Timeout' || error.error === 'States.HeartbeatTimeout') {
    run.journal.record(frame, 'TaskTimedOut', { taskTimedOutEventDetails: details });
  } else if (frame.task !== undefined) {
    run.journal.record(frame, 'TaskFailed', { taskFailedEventDetails: details });
  }
}

function eventNames(resource: TaskResource): { readonly resourceType: string; readonly resource: string } {
  const action = resource.operation.charAt(0).toLowerCase() + resource.operation.slice(1);
  const suffix = { request: '', sync: '.sync', token: '.waitForTaskToken' }[resource.pattern];
  return resource.optimized === undefined && resource.functionArn === undefined
    ? { resourceType: `aws-sdk:${resource.errorPrefix.toLowerCase()}`, resource: `${action}${suffix}` }
    : { resourceType: resource.signingName, resource: `${action}${suffix}` };
}
