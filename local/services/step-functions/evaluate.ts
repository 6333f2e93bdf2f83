import jsonata from 'jsonata';
import { holdsFunction, STEP_FUNCTIONS_JSONATA } from './jsonata-functions.ts';
import { StateError } from './state-error.ts';

/** Longest input, output or argument document of a state. */
export const MAX_STATE_BYTES = 262_144;
/** An expression that runs longer is stopped, so that a runaway recursion cannot hang the region. */
const EXPRESSION_TIMEOUT_MS = 5_000;
const EXPRESSION_STACK = 500;

/** What `$states` and the variables hold while a field is evaluated. */
export interface Bindings {
  readonly states: {
    readonly input: unknown;
    readonly context: unknown;
    readonly result?: unknown;
    readonly errorOutput?: { readonly Error: string; readonly Cause: string };
  };
  readonly variables: Readonly<Record<string, unknown>>;
}

const compiled = new Map<string, jsonata.Expression>();

function compile(source: string): jsonata.Expression {
  let expression = compiled.get(source);
  if (expression === undefined) {
    expression = jsonata(source, { timeout: EXPRESSION_TIMEOUT_MS, stack: EXPRESSION_STACK });
    compiled.set(source, expression);
  }
  return expression;
}

function expressionOf(value: string): string | undefined {
  return value.startsWith('{%') && value.endsWith('%}') ? value.slice(2, -2).trim() : undefined;
}

/** Compiles every expression of a state. @throws Error that shows the expression and where it is wrong */
export function checkExpressions(value: unknown): void {
  if (typeof value === 'string') {
    const source = expressionOf(value);
    if (source === undefined) {
      if (value.startsWith('{%')) throw new Error(`expression "${value}" does not end with %}`);
      return;
    }
    try {
      compile(source);
    } catch (error) {
      throw new Error(`JSONata expression "${source}" does not parse: ${messageOf(error)}`);
    }
  } else if (Array.isArray(value)) {
    value.forEach(checkExpressions);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (key !== 'Branches' && key !== 'ItemProcessor') checkExpressions(member);
    }
  }
}

/**
 * Copies a template with every `{% … %}` string replaced by its value.
 *
 * @param field name of the field, for the error
 * @throws StateError `States.QueryEvaluationError` when an expression fails or yields nothing
 */
export async function evaluate(template: unknown, bindings: Bindings, field: string): Promise<unknown> {
  if (typeof template === 'string') {
    const source = expressionOf(template);
    return source === undefined ? template : evaluateExpression(source, bindings, field);
  }
  if (Array.isArray(template)) {
    return Promise.all(template.map((member, index) => evaluate(member, bindings, `${field}[${index}]`)));
  }
  if (typeof template === 'object' && template !== null) {
    const members = await Promise.all(
      Object.entries(template).map(
        async ([key, member]) => [key, await evaluate(member, bindings, `${field}/${key}`)] as const,
      ),
    );
    return Object.fromEntries(members);
  }
  return template;
}

async function evaluateExpression(source: string, bindings: Bindings, field: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await compile(source).evaluate(undefined, {
      ...STEP_FUNCTIONS_JSONATA,
      ...bindings.variables,
      states: bindings.states,
    });
  } catch (error) {
    throw queryError(source, field, `threw an error during evaluation: ${messageOf(error)}`);
  }
  if (value === undefined) throw queryError(source, field, 'returned nothing (undefined)');
  if (holdsFunction(value)) throw queryError(source, field, 'returned a function');
  // JSONata's arrays carry hidden markers; a copy through JSON is what AWS stores.
  return JSON.parse(JSON.stringify(value));
}

function queryError(source: string, field: string, what: string): StateError {
  return new StateError(
    'States.QueryEvaluationError',
    `The JSONata expression '${source}' specified for the field '${field}' ${what}.`,
  );
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

/** @throws StateError `States.DataLimitExceeded` when the document is over 256 KiB as JSON */
export function checkStateSize(value: unknown, what: string): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  if (sizeBytes > MAX_STATE_BYTES) {
    throw new StateError(
      'States.DataLimitExceeded',
      `The ${what} of ${sizeBytes} bytes exceeds the limit of ${MAX_STATE_BYTES} bytes.`,
    );
  }
}
