import type * as z from 'zod';
import { AwsError } from '../../service.ts';
import { describeIssues } from '../read-document.ts';
import { type Definition, MachineSchema, type Scope, ScopeSchema, type State, StateSchema } from './asl-schema.ts';
import { checkExpressions } from './evaluate.ts';
import { parseTaskResource } from './task-resource.ts';

const MAX_DEFINITION_BYTES = 1_048_576;

/**
 * Reads a machine in the Amazon States Language, JSONata only, and checks all that can be checked without running
 * it: fields, transitions, reachability, expression syntax, task resources.
 *
 * @throws AwsError `InvalidDefinition` that names the state
 */
export function parseDefinition(text: string): Definition {
  if (Buffer.byteLength(text) > MAX_DEFINITION_BYTES) throw invalid('', 'the definition is over 1 MiB');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid('', `the definition is not JSON: ${String(error)}`);
  }
  const machine = check(MachineSchema, document, '');
  const seen = new Set<string>();
  const scope = parseScope(machine, '', machine.QueryLanguage === 'JSONata', seen);
  return machine.TimeoutSeconds === undefined ? scope : { ...scope, timeoutSeconds: machine.TimeoutSeconds };
}

function parseScope(
  source: { readonly StartAt: string; readonly States: Readonly<Record<string, unknown>> },
  path: string,
  inheritsJsonata: boolean,
  seen: Set<string>,
): Scope {
  const states = new Map<string, State>();
  for (const [name, value] of Object.entries(source.States)) {
    const statePath = `${path}/States/${name}`;
    if (seen.has(name)) throw invalid(statePath, `state name "${name}" is used twice; names are unique in a machine`);
    seen.add(name);
    states.set(name, parseState(value, statePath, inheritsJsonata, seen));
  }
  checkTransitions({ startAt: source.StartAt, states }, path);
  return { startAt: source.StartAt, states };
}

function parseState(value: unknown, path: string, inheritsJsonata: boolean, seen: Set<string>): State {
  const state = check(StateSchema, value, path);
  if (!inheritsJsonata && state.QueryLanguage !== 'JSONata') {
    throw invalid(path, 'the state is in JSONPath; the laptop runs "QueryLanguage": "JSONata" only');
  }
  if ('Next' in state || 'End' in state) {
    if ((state.Next === undefined) === (state.End === undefined)) {
      throw invalid(path, 'exactly one of Next and End is needed');
    }
  } else if (!['Choice', 'Succeed', 'Fail'].includes(state.Type)) {
    throw invalid(path, 'exactly one of Next and End is needed');
  }
  try {
    checkExpressions(state);
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : String(error));
  }
  switch (state.Type) {
    case 'Task':
      try {
        parseTaskResource(state.Resource);
      } catch (error) {
        throw invalid(path, error instanceof Error ? error.message : String(error));
      }
      return state;
    case 'Wait':
      if ((state.Seconds === undefined) === (state.Timestamp === undefined)) {
        throw invalid(path, 'exactly one of Seconds and Timestamp is needed');
      }
      return state;
    case 'Parallel': {
      const { Branches, ...rest } = state;
      const branches = Branches.map((branch, index) => {
        const branchPath = `${path}/Branches/${index}`;
        return parseScope(check(ScopeSchema, branch, branchPath), branchPath, inheritsJsonata, seen);
      });
      return { ...rest, branches };
    }
    case 'Map': {
      const distributed = state.ItemProcessor.ProcessorConfig.Mode === 'DISTRIBUTED';
      if (!distributed && (state.ItemReader !== undefined || state.ItemBatcher !== undefined)) {
        throw invalid(path, 'ItemReader and ItemBatcher need ProcessorConfig.Mode DISTRIBUTED');
      }
      if (state.ItemReader !== undefined && state.Items !== undefined) {
        throw invalid(path, 'Items and ItemReader exclude each other');
      }
      const processorPath = `${path}/ItemProcessor`;
      const processor = check(ScopeSchema, state.ItemProcessor, processorPath);
      return { ...state, processor: parseScope(processor, processorPath, inheritsJsonata, seen) };
    }
    default:
      return state;
  }
}

function checkTransitions(scope: Scope, path: string): void {
  const reached = new Set<string>();
  const open = [{ target: scope.startAt, from: `${path}/StartAt` }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { target, from } = next;
    const state = scope.states.get(target);
    if (state === undefined) {
      throw invalid(from, `there is no state "${target}" here; known: ${[...scope.states.keys()].join(', ')}`);
    }
    if (reached.has(target)) continue;
    reached.add(target);
    for (const follower of followers(state)) open.push({ target: follower, from: `${path}/States/${target}` });
  }
  const lost = [...scope.states.keys()].filter((name) => !reached.has(name));
  if (lost.length > 0) throw invalid(`${path}/States/${lost[0]}`, 'the state cannot be reached');
}

function followers(state: State): string[] {
  const targets: string[] = [];
  if ('Next' in state && state.Next !== undefined) targets.push(state.Next);
  if ('Catch' in state) targets.push(...state.Catch.map((catcher) => catcher.Next));
  if (state.Type === 'Choice') {
    targets.push(...state.Choices.map((rule) => rule.Next));
    if (state.Default !== undefined) targets.push(state.Default);
  }
  return targets;
}

function check<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(path, describeIssues(parsed.error));
}

function invalid(path: string, message: string): AwsError {
  return new AwsError(
    'InvalidDefinition',
    `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${message} at ${path || '/'}'`,
  );
}
