import type { Catcher, ChoiceState, Scope, State, WaitState } from './asl-schema.ts';
import { type Bindings, checkStateSize, evaluate } from './evaluate.ts';
import type { FrameRecord } from './records.ts';
import { bindingsOf, type Place, type Run } from './run.ts';
import { runMap, runParallel } from './run-fan-out.ts';
import { runTask } from './run-task.ts';
import { matchesError, StateError } from './state-error.ts';

/** How a state was left: with what, setting which variables, and for where; no `next` ends the scope. */
interface Step {
  readonly output: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly next?: string;
}

/**
 * Runs the states of a scope from where its frame on disk stands, or from the start, to its end.
 *
 * @returns the output of the scope's last state
 * @throws StateError when a state failed and nothing caught it; the signal's reason when it was stopped
 */
export async function runFrame(run: Run, scope: Scope, place: Place): Promise<unknown> {
  const frame = run.journal.frame(place.path) ?? openFrame(run, scope, place);
  if (frame.status === 'SUCCEEDED') return frame.output;
  if (frame.status === 'FAILED') throw new StateError(frame.error ?? '', frame.cause ?? '');
  for (;;) {
    place.signal.throwIfAborted();
    const state = scope.states.get(frame.stateName);
    if (state === undefined) throw new Error(`no state "${frame.stateName}" in the definition`);
    let step: Step | 'again';
    try {
      step = await attempt(run, state, frame, place);
    } catch (error) {
      if (!(error instanceof StateError) || place.signal.aborted)
        throw place.signal.aborted ? place.signal.reason : error;
      try {
        step = await recover(run, state, frame, place, error);
      } catch (last) {
        if (last instanceof StateError)
          close(run, frame, { status: 'FAILED', error: last.error, cause: last.errorCause });
        throw last;
      }
    }
    if (step === 'again') continue;
    if (leave(run, scope, state, frame, place, step) === 'ended') return step.output;
  }
}

function openFrame(run: Run, scope: Scope, place: Place): FrameRecord {
  const frame: FrameRecord = {
    path: place.path,
    status: 'RUNNING',
    stateName: scope.startAt,
    entry: 0,
    input: place.input,
    enteredAtMs: 0,
    variables: {},
    retryCount: 0,
    retriesUsed: [],
    lastEventId: place.parentEventId,
  };
  run.journal.atomically(() => enter(run, scope, frame, place, scope.startAt, place.input));
  return frame;
}

function enter(run: Run, scope: Scope, frame: FrameRecord, place: Place, stateName: string, input: unknown): void {
  frame.stateName = stateName;
  frame.input = input;
  frame.entry++;
  frame.enteredAtMs = run.region.clock.now().getTime();
  forgetAttempt(run, frame);
  frame.retryCount = 0;
  frame.retriesUsed = [];
  delete frame.wakeAtMs;
  if (place.keepsHistory) {
    run.journal.record(frame, `${scope.states.get(stateName)?.Type}StateEntered`, {
      stateEnteredEventDetails: { name: stateName, input: JSON.stringify(input), inputDetails: { truncated: false } },
    });
  }
  run.journal.save(frame);
}

function leave(run: Run, scope: Scope, state: State, frame: FrameRecord, place: Place, step: Step): 'ended' | 'moved' {
  return run.journal.atomically(() => {
    if (place.keepsHistory) {
      run.journal.record(frame, `${state.Type}StateExited`, {
        stateExitedEventDetails: {
          name: frame.stateName,
          output: JSON.stringify(step.output),
          outputDetails: { truncated: false },
        },
      });
    }
    frame.variables = step.variables;
    if (frame.fanOut !== undefined) run.journal.forgetBelow(frame.path);
    if (step.next === undefined) {
      close(run, frame, { status: 'SUCCEEDED', output: step.output });
      return 'ended';
    }
    enter(run, scope, frame, place, step.next, step.output);
    return 'moved';
  });
}

function close(run: Run, frame: FrameRecord, end: Partial<FrameRecord>): void {
  Object.assign(frame, end);
  run.journal.save(frame);
}

/** Runs the current state once. */
async function attempt(run: Run, state: State, frame: FrameRecord, place: Place): Promise<Step> {
  const bindings = bindingsOf(run, place, frame);
  switch (state.Type) {
    case 'Task':
      await backoff(run, frame, place);
      return finish(state, frame, bindings, { result: await runTask(run, state, frame, place) });
    case 'Parallel':
      await backoff(run, frame, place);
      return finish(state, frame, bindings, { result: await runParallel(run, state, frame, place, runFrame) });
    case 'Map':
      await backoff(run, frame, place);
      return finish(state, frame, bindings, { result: await runMap(run, state, frame, place, runFrame) });
    case 'Choice':
      return choose(state, frame, bindings);
    case 'Wait':
      await wait(run, state, frame, place, bindings);
      return finish(state, frame, bindings);
    case 'Pass':
    case 'Succeed':
      return finish(state, frame, bindings);
    case 'Fail': {
      const error = state.Error === undefined ? '' : await evaluate(state.Error, bindings, 'Error');
      const cause = state.Cause === undefined ? '' : await evaluate(state.Cause, bindings, 'Cause');
      throw new StateError(String(error), String(cause));
    }
  }
}

/** Evaluates Output and Assign, both with the variables as they were on entry. */
async function settle(
  fields: { readonly Output?: unknown; readonly Assign?: unknown },
  otherwise: unknown,
  frame: FrameRecord,
  bindings: Bindings,
  field = '',
): Promise<{ readonly output: unknown; readonly variables: Readonly<Record<string, unknown>> }> {
  const output = fields.Output === undefined ? otherwise : await evaluate(fields.Output, bindings, `${field}Output`);
  const assigned = fields.Assign === undefined ? {} : await evaluate(fields.Assign, bindings, `${field}Assign`);
  checkStateSize(output, 'output of the state');
  checkStateSize(assigned, 'variables assigned by the state');
  return { output, variables: { ...frame.variables, ...(assigned as object) } }; // Assign is a record
}

async function finish(
  state: Exclude<State, { readonly Type: 'Choice' | 'Fail' }>,
  frame: FrameRecord,
  bindings: Bindings,
  produced?: { readonly result: unknown },
): Promise<Step> {
  const withResult = produced === undefined ? bindings : { ...bindings, states: { ...bindings.states, ...produced } };
  const settled = await settle(state, produced === undefined ? frame.input : produced.result, frame, withResult);
  return 'Next' in state && state.Next !== undefined ? { ...settled, next: state.Next } : settled;
}

async function choose(state: ChoiceState, frame: FrameRecord, bindings: Bindings): Promise<Step> {
  for (const [index, rule] of state.Choices.entries()) {
    const field = `Choices[${index}]/`;
    const holds = await evaluate(rule.Condition, bindings, `${field}Condition`);
    if (typeof holds !== 'boolean') {
      throw new StateError('States.QueryEvaluationError', `${field}Condition must be a boolean, got ${holds}`);
    }
    if (holds) return { ...(await settle(rule, frame.input, frame, bindings, field)), next: rule.Next };
  }
  if (state.Default === undefined) {
    throw new StateError(
      'States.NoChoiceMatched',
      `No rule of state "${frame.stateName}" matched and it has no Default.`,
    );
  }
  return { ...(await settle(state, frame.input, frame, bindings)), next: state.Default };
}

async function wait(run: Run, state: WaitState, frame: FrameRecord, place: Place, bindings: Bindings): Promise<void> {
  if (frame.wakeAtMs === undefined) {
    const waitMs =
      state.Seconds !== undefined
        ? secondsToWait(await evaluate(state.Seconds, bindings, 'Seconds')) * 1000
        : instant(await evaluate(state.Timestamp, bindings, 'Timestamp')) - run.region.clock.now().getTime();
    sleepUntil(run, frame, waitMs);
  }
  await sleepOut(run, frame, place);
}

function secondsToWait(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 99_999_999) return value;
  throw new StateError(
    'States.QueryEvaluationError',
    `Seconds must be a whole number from 0 to 99999999, got ${value}`,
  );
}

function instant(value: unknown): number {
  const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new StateError('States.QueryEvaluationError', `Timestamp must be an RFC 3339 instant, got ${value}`);
  }
  return ms;
}

/** Keeps the end of a wait as time of day, so that a restart does not begin it anew. */
function sleepUntil(run: Run, frame: FrameRecord, waitMs: number): void {
  const { clock } = run.region;
  frame.wakeAtMs = clock.now().getTime() + Math.max(0, waitMs) / clock.speed;
  run.journal.save(frame);
}

async function sleepOut(run: Run, frame: FrameRecord, place: Place): Promise<void> {
  const { clock } = run.region;
  const leftMs = (frame.wakeAtMs ?? 0) - clock.now().getTime();
  if (leftMs > 0) await clock.sleep(leftMs * clock.speed, place.signal);
}

async function backoff(run: Run, frame: FrameRecord, place: Place): Promise<void> {
  if (frame.wakeAtMs === undefined) return;
  await sleepOut(run, frame, place);
  delete frame.wakeAtMs;
}

/** Retries, or goes where a catcher says. @throws StateError the error itself when neither applies */
async function recover(
  run: Run,
  state: State,
  frame: FrameRecord,
  place: Place,
  error: StateError,
): Promise<Step | 'again'> {
  if (place.keepsHistory && error.error === 'States.QueryEvaluationError') {
    run.journal.record(frame, 'EvaluationFailed', {
      evaluationFailedEventDetails: { state: frame.stateName, error: error.error, cause: error.errorCause },
    });
  }
  if (!('Retry' in state)) throw error;
  const retry = state.Retry.findIndex((retrier) => retrier.ErrorEquals.some((name) => matchesError(name, error.error)));
  const retrier = state.Retry[retry];
  const used = frame.retriesUsed[retry] ?? 0;
  if (retrier !== undefined && used < retrier.MaxAttempts) {
    const fullMs = retrier.IntervalSeconds * 1000 * retrier.BackoffRate ** used;
    const cappedMs = Math.min(fullMs, (retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY) * 1000);
    run.journal.atomically(() => {
      if (frame.fanOut !== undefined) run.journal.forgetBelow(frame.path);
      forgetAttempt(run, frame);
      frame.retriesUsed = state.Retry.map((_, index) => (frame.retriesUsed[index] ?? 0) + (index === retry ? 1 : 0));
      frame.retryCount++;
      sleepUntil(run, frame, retrier.JitterStrategy === 'FULL' ? Math.random() * cappedMs : cappedMs);
    });
    return 'again';
  }
  const catcher = state.Catch.find((candidate) =>
    candidate.ErrorEquals.some((name) => matchesError(name, error.error)),
  );
  if (catcher === undefined) throw error;
  return caught(run, catcher, frame, place, error);
}

async function caught(run: Run, catcher: Catcher, frame: FrameRecord, place: Place, error: StateError): Promise<Step> {
  const errorOutput = { Error: error.error, Cause: error.errorCause };
  const bindings = bindingsOf(run, place, frame, { errorOutput });
  return { ...(await settle(catcher, errorOutput, frame, bindings, 'Catch/')), next: catcher.Next };
}

function forgetAttempt(run: Run, frame: FrameRecord): void {
  if (frame.task?.token !== undefined) run.tokens.forget(frame.task.token);
  delete frame.task;
  delete frame.fanOut;
}
