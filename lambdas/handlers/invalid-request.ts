import type * as z from 'zod';
import { InvalidInputError } from '../../core/errors.ts';

const MAX_ISSUES = 10;
const MAX_GIVEN_CHARS = 100;

/** Checks a value against its schema. @throws InvalidInputError naming each field, the value given and what is allowed */
export function checked<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value, { error: saidPlainly });
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, MAX_ISSUES).map((issue) => {
    const given = givenAt(value, issue.path);
    const path = pathText(what, issue.path);
    return { path, message: messageOf(issue), ...(given !== undefined && { given }) };
  });
  const text = issues.map(
    ({ path, message, given }) => `${path}: ${message}${given === undefined ? '' : `, given ${given}`}`,
  );
  throw new InvalidInputError(text.join('; '), { issues });
}

/** What zod says for its own readers, in words for the caller; undefined leaves a message as it is. */
function saidPlainly(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = issue.inst !== undefined && 'shape' in issue.inst ? Object.keys(issue.inst.shape as object) : [];
      return `unknown ${issue.keys.join(', ')}; known: ${known.join(', ')}`;
    }
    case 'invalid_type': {
      const needed = TYPE_NAMES[issue.expected] ?? issue.expected;
      return issue.input === undefined ? `is missing; give ${needed}` : `must be ${needed}`;
    }
    case 'invalid_value':
      return `must be one of ${issue.values.map((one) => JSON.stringify(one)).join(', ')}`;
    case 'too_small':
      return `must ${sizeText(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${sizeText(issue.origin, 'at most', issue.maximum)}`;
    default:
      return undefined;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
};

function sizeText(origin: string, bound: string, limit: number | bigint): string {
  const many = limit === 1 ? '' : 's';
  if (origin === 'array') return `have ${bound} ${limit} member${many}`;
  if (origin === 'string') return `have ${bound} ${limit} character${many}`;
  return `be ${bound} ${limit}`;
}

/** A union's own message says nothing; those of its members say what is allowed. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union' || issue.message !== 'Invalid input') return issue.message;
  const inner = issue.errors.flat().filter(({ path }) => path.length === 0);
  const texts = [...new Set(inner.map((one) => messageOf(one)))];
  return texts.length === 0 ? issue.message : texts.join(', or ');
}

function pathText(what: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === what ? String(part) : `${text}.${String(part)}`;
  }, what);
}

/** The value at the path as JSON, cut when it is long; undefined when nothing was given there, or the whole body. */
function givenAt(value: unknown, path: readonly PropertyKey[]): string | undefined {
  if (path.length === 0) return undefined;
  let at: unknown = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[part]; // any object may be read by an own key
  }
  const text = JSON.stringify(at) ?? '';
  return text.length > MAX_GIVEN_CHARS ? `${text.slice(0, MAX_GIVEN_CHARS)}…` : text;
}
