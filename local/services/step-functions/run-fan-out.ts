import type { MapState, ParallelState, Scope } from './asl-schema.ts';
import { checkStateSize, evaluate } from './evaluate.ts';
import { readItems } from './item-reader.ts';
import { mapContext, mapInputs } from './map-inputs.ts';
import type { FrameRecord } from './records.ts';
import { bindingsOf, type Place, type Run } from './run.ts';
import { SiblingFailed, StateError } from './state-error.ts';

/** Branches or items at work at one time: what AWS allows an inline map, and plenty for one machine. */
const MAX_AT_ONCE = 40;

type RunFrame = (run: Run, scope: Scope, place: Place) => Promise<unknown>;

/** Runs every branch at once; the first to fail stops the others and fails the state with its own error. */
export async function runParallel(
  run: Run,
  state: ParallelState,
  frame: FrameRecord,
  place: Place,
  runFrame: RunFrame,
): Promise<unknown[]> {
  if (frame.fanOut === undefined) {
    const bindings = bindingsOf(run, place, frame);
    const input = state.Arguments === undefined ? frame.input : await evaluate(state.Arguments, bindings, 'Arguments');
    begin(run, frame, place, [input], 'ParallelStateStarted');
  }
  const input = frame.fanOut?.[0];
  const outcomes = await inTurns(state.branches, state.branches.length, place.signal, (branch, index, signal) =>
    runFrame(run, branch, childPlace(frame, place, index, input, signal)),
  );
  const outputs = outcomes.map((outcome) => {
    if ('failure' in outcome) throw outcome.failure; // none is tolerated, so inTurns has thrown already
    return outcome.output;
  });
  checkStateSize(outputs, 'result of the branches');
  if (place.keepsHistory) run.journal.record(frame, 'ParallelStateSucceeded');
  return outputs;
}

/** Runs the processor once per item, or batch of items, in the order of the items. */
export async function runMap(
  run: Run,
  state: MapState,
  frame: FrameRecord,
  place: Place,
  runFrame: RunFrame,
): Promise<unknown[]> {
  const isDistributed = state.ItemProcessor.ProcessorConfig.Mode === 'DISTRIBUTED';
  const bindings = bindingsOf(run, place, frame);
  const number = async (field: number | string | undefined, name: string): Promise<number | undefined> => {
    if (field === undefined) return undefined;
    const value = await evaluate(field, bindings, name);
    if (typeof value === 'number' && value >= 0) return value;
    throw new StateError('States.QueryEvaluationError', `${name} must be a number of at least 0, got ${value}`);
  };
  if (frame.fanOut === undefined) {
    if (isDistributed) checkMayStartItems(run);
    const items = await itemsOf(run, state, frame, bindings, number);
    const inputs = await mapInputs(state, items, (mapItem) => bindingsOf(run, place, frame, { mapItem }), number);
    begin(run, frame, place, inputs, isDistributed ? 'MapRunStarted' : 'MapStateStarted');
  }
  const inputs = frame.fanOut ?? [];
  const maxConcurrency = (await number(state.MaxConcurrency, 'MaxConcurrency')) || MAX_AT_ONCE;
  const percentage = (await number(state.ToleratedFailurePercentage, 'ToleratedFailurePercentage')) ?? 0;
  const count = (await number(state.ToleratedFailureCount, 'ToleratedFailureCount')) ?? 0;
  const tolerated = Math.max(count, Math.floor((inputs.length * percentage) / 100));
  const tooMany = (first: StateError) =>
    isDistributed
      ? new StateError(
          'States.ExceedToleratedFailureThreshold',
          `The specified tolerated failure threshold was exceeded; first failure: ${first.error}: ${first.errorCause}`,
        )
      : first;

  const outcomes = await inTurns(
    inputs,
    Math.min(maxConcurrency, MAX_AT_ONCE),
    place.signal,
    async (input, index, signal) => {
      const note = (type: string) => {
        if (place.keepsHistory && !isDistributed) {
          run.journal.record(frame, type, {
            [`${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`]: { name: frame.stateName, index },
          });
        }
      };
      note('MapIterationStarted');
      const child = childPlace(frame, place, index, input, signal);
      try {
        const output = await runFrame(run, state.processor, {
          ...child,
          map: mapContext(index, input),
          ...(isDistributed ? { outerVariables: {}, keepsHistory: false } : {}),
        });
        note('MapIterationSucceeded');
        return output;
      } catch (error) {
        if (error instanceof StateError) note('MapIterationFailed');
        throw error;
      }
    },
    { tolerated, tooMany },
  );
  const outputs = outcomes.flatMap((outcome) => ('output' in outcome ? [outcome.output] : []));
  checkStateSize(outputs, 'result of the map');
  if (place.keepsHistory) run.journal.record(frame, isDistributed ? 'MapRunSucceeded' : 'MapStateSucceeded');
  return outputs;
}

/** The items of a distributed map are executions, which the role itself must be allowed to start. */
function checkMayStartItems(run: Run): void {
  const { region, execution } = run;
  try {
    region.authorize(region.callerForRole(execution.roleArn), 'states:StartExecution', execution.machineArn);
  } catch (error) {
    throw new StateError(
      'StepFunctions.AWSStepFunctionsException',
      error instanceof Error ? error.message : String(error),
    );
  }
}

async function itemsOf(
  run: Run,
  state: MapState,
  frame: FrameRecord,
  bindings: ReturnType<typeof bindingsOf>,
  number: (field: number | string | undefined, name: string) => Promise<number | undefined>,
): Promise<readonly unknown[]> {
  if (state.ItemReader !== undefined) {
    const given = await evaluate(state.ItemReader.Arguments, bindings, 'ItemReader/Arguments');
    const maxItems = await number(state.ItemReader.ReaderConfig?.MaxItems, 'ItemReader/ReaderConfig/MaxItems');
    const caller = run.region.callerForRole(run.execution.roleArn);
    // evaluate copies the record of the definition member by member
    return readItems(run.region, caller, state.ItemReader, given as Readonly<Record<string, unknown>>, maxItems);
  }
  const items = state.Items === undefined ? frame.input : await evaluate(state.Items, bindings, 'Items');
  if (Array.isArray(items)) return items;
  throw new StateError('States.QueryEvaluationError', `Items of a Map state must be an array, got ${typeof items}`);
}

function begin(run: Run, frame: FrameRecord, place: Place, inputs: readonly unknown[], type: string): void {
  run.journal.atomically(() => {
    frame.fanOut = inputs;
    if (place.keepsHistory) {
      run.journal.record(
        frame,
        type,
        type === 'MapStateStarted' ? { mapStateStartedEventDetails: { length: inputs.length } } : undefined,
      );
    }
    run.journal.save(frame);
  });
}

function childPlace(frame: FrameRecord, place: Place, index: number, input: unknown, signal: AbortSignal): Place {
  return {
    ...place,
    // Entry and retry are in the path: a second visit of the state must not find the branches of the first.
    path: `${frame.path}/${frame.entry}.${frame.retryCount}/${index}`,
    input,
    signal,
    outerVariables: { ...place.outerVariables, ...frame.variables },
    parentEventId: frame.lastEventId,
  };
}

type Outcome = { readonly output: unknown } | { readonly failure: StateError };

/**
 * Runs `work` on every item, at most `atOnce` at a time. When more fail than are tolerated, the rest are stopped; it
 * returns or throws only when none is at work any more, so nothing is written behind the caller's back.
 */
async function inTurns<T>(
  items: readonly T[],
  atOnce: number,
  outer: AbortSignal,
  work: (item: T, index: number, signal: AbortSignal) => Promise<unknown>,
  failures: { readonly tolerated: number; readonly tooMany: (first: StateError) => StateError } = {
    tolerated: 0,
    tooMany: (first) => first,
  },
): Promise<Outcome[]> {
  const controller = new AbortController();
  const signal = AbortSignal.any([outer, controller.signal]);
  const outcomes: Outcome[] = [];
  let next = 0;
  let failed = 0;
  let verdict: unknown;
  const worker = async () => {
    while (next < items.length && verdict === undefined) {
      const index = next++;
      try {
        outcomes[index] = { output: await work(items[index] as T, index, signal) }; // index < items.length
      } catch (error) {
        if (error instanceof StateError) outcomes[index] = { failure: error };
        if (error instanceof StateError && ++failed <= failures.tolerated) continue;
        verdict ??= error instanceof StateError ? failures.tooMany(error) : error;
        controller.abort(new SiblingFailed());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (verdict !== undefined) throw verdict;
  return outcomes;
}
