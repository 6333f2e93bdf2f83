import { type Bindings, evaluate } from '../../local/services/step-functions/evaluate.ts';

export type Template = unknown;
export type Variables = Readonly<Record<string, unknown>>;

/** An expression said in TypeScript: JSONata takes too long for a hundred thousand rollouts. */
export type Twin = (bindings: Bindings) => unknown;

const PATH = /^\$(\w+)((?:\.\w+)*)$/;
const EQUALS = /^(\$[\w.]+) = '([^']*)'$/;

const ERROR_CAUSE = "$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : 'no cause was given'";

const SPELLED: Readonly<Record<string, Twin>> = {
  "$merge([$lead, {'turn': $turn, 'news': $news}])": ({ variables }) => ({
    ...(variables['lead'] as object),
    turn: variables['turn'],
    news: variables['news'],
  }),
  '$turn + 1': ({ variables }) => Number(variables['turn']) + 1,
  '$stranded + 1': ({ variables }) => Number(variables['stranded']) + 1,
  '$stranded < 3': ({ variables }) => Number(variables['stranded']) < 3,
  "$number('30')": () => 30,
  [ERROR_CAUSE]: ({ states }) => states.errorOutput?.Cause ?? 'no cause was given',
};

const twins = new Map<string, Twin | null>();

/** Null for an expression that nobody has said in TypeScript. */
export function twinOf(source: string): Twin | null {
  let twin = twins.get(source);
  if (twin === undefined) {
    twin = SPELLED[source] ?? equalsTwin(source) ?? pathTwin(source);
    twins.set(source, twin);
  }
  return twin;
}

function pathTwin(source: string): Twin | null {
  const [, first, rest] = PATH.exec(source) ?? [];
  if (first === undefined || rest === undefined) return null;
  const steps = rest.split('.').slice(1);
  return (bindings) => {
    let at: unknown = first === 'states' ? bindings.states : bindings.variables[first];
    for (const step of steps) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
    return at;
  };
}

function equalsTwin(source: string): Twin | null {
  const [, path, text] = EQUALS.exec(source) ?? [];
  const left = path === undefined ? null : pathTwin(path);
  return left === null ? null : (bindings) => left(bindings) === text;
}

export function expressionOf(text: string): string | null {
  return text.startsWith('{%') && text.endsWith('%}') ? text.slice(2, -2).trim() : null;
}

/** A template with its expressions evaluated: by their twins where they have one and a value, by the laptop's JSONata otherwise. */
export async function evaluateIn(template: Template, bindings: Bindings, field: string): Promise<unknown> {
  if (typeof template === 'string') {
    const source = expressionOf(template);
    if (source === null) return template;
    const value = twinOf(source)?.(bindings);
    return value === undefined ? evaluate(template, bindings, field) : value;
  }
  if (Array.isArray(template)) return Promise.all(template.map((member) => evaluateIn(member, bindings, field)));
  if (typeof template !== 'object' || template === null) return template;
  const evaluated: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(template)) evaluated[name] = await evaluateIn(member, bindings, field);
  return evaluated;
}
