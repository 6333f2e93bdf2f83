import * as z from 'zod';
import { DefinitionError } from './definition-error.ts';

/** An object that refuses unknown keys and says which ones there are. */
export function strictObject<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown key ${issue.keys.map(quoteValue).join(', ')}; known: ${known}`
        : `${quoteValue(issue.input)} is not an object; write { ${known} }`,
  });
}

/** One of the given words. */
export function oneOf<const V extends readonly [string, ...string[]]>(values: V) {
  return z.enum(values, {
    error: (issue) => `${quoteValue(issue.input)} is not allowed; write one of ${values.map(quoteValue).join(', ')}`,
  });
}

export const TrueOrFalse = z.boolean({
  error: (issue) => `${quoteValue(issue.input)} is not allowed; write true or false`,
});

/** Text for people that says something. */
export const Sentence = z
  .string({ error: (issue) => `${quoteValue(issue.input)} is not text; write a short sentence for people` })
  .trim()
  .min(1, '"" says nothing; write a short sentence for people');

export function numberBetween(min: number, max: number, what = 'number') {
  return z
    .number({ error: (issue) => `${quoteValue(issue.input)} is not a number; write a ${what} from ${min} to ${max}` })
    .refine((value) => value >= min && value <= max && (what === 'number' || Number.isInteger(value)), {
      error: (issue) => `${quoteValue(issue.input)} is out of range; write a ${what} from ${min} to ${max}`,
    });
}

export function wholeBetween(min: number, max: number) {
  return numberBetween(min, max, 'whole number');
}

/** Epoch milliseconds of an ISO 8601 instant. */
export const InstantMs = z.iso
  .datetime({
    offset: true,
    error: (issue) => `${quoteValue(issue.input)} is not an instant; write for example "2024-01-31T00:00:00Z"`,
  })
  .transform((text) => Date.parse(text));

/**
 * The input as the schema reads it.
 *
 * @param what the definition, for messages, for example `entity "customer"`
 * @throws DefinitionError with every issue
 */
export function readInput<S extends z.ZodType>(what: string, schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw new DefinitionError(
    result.error.issues.flatMap(insideUnions).map((issue) => ({
      file: null,
      definition: what,
      path: issue.path.map(String).join('.'),
      problem: problemOf(issue),
    })),
  );
}

/** `entity "customer"`, also for input that has no usable name. */
export function labelOf(kind: string, input: unknown): string {
  const name = typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined;
  return `${kind} ${typeof name === 'string' ? quoteValue(name) : '(without a name)'}`;
}

/** A value for a message: as JSON, shortened; functions and the like by their type. */
export function quoteValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = textOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** JSON has no NaN, no bigint and no circles. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  try {
    return JSON.stringify(value) ?? String(typeof value);
  } catch {
    return String(typeof value);
  }
}

/** A union says nothing itself: what is wrong inside the form that was meant does, or else what each form takes. */
function insideUnions(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  const isSilent = issue.code === 'invalid_union' && issue.message === 'Invalid input' && issue.errors.length > 0;
  if (!isSilent) return [issue];
  const forms = issue.errors.map((form) =>
    form.flatMap((inner) => insideUnions({ ...inner, path: [...issue.path, ...inner.path] })),
  );
  const meant = forms.find((form) => form.some(({ path }) => path.length > issue.path.length));
  if (meant !== undefined) return meant;
  return [{ ...issue, message: [...new Set(forms.flat().map(problemOf))].join(', or ') }];
}

function problemOf(issue: z.core.$ZodIssue): string {
  return issue.message.replace(/^nothing [^;]*/, 'is missing');
}

/** Frozen through and through: definitions are values. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
