import { UsageError } from '../cli-error.ts';

export type RequestValues = Readonly<Record<string, string | number | boolean | null>>;

/** `key=value` pairs; every value is text until the platform says what it is. */
export function pairsOf(pairs: readonly string[], example: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const pair of pairs) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`"${pair}" is not key=value`, `write for example ${example}`);
    }
    if (Object.hasOwn(values, key)) throw new UsageError(`${key} is given twice`);
    values[key] = value;
  }
  return values;
}

/**
 * Texts as the values of the types that the platform named: numbers, true and false; an empty one is null, unless text is
 * wanted. What cannot be read stays text, for the platform to refuse. Null when nothing changes.
 *
 * @param types by name, as the details of an error have them
 */
export function typedValues(given: RequestValues, types: unknown): RequestValues | null {
  if (typeof types !== 'object' || types === null) return null;
  const typeOf = new Map(Object.entries(types));
  const typed = Object.entries(given).map(([name, value]) => [name, typedValue(value, typeOf.get(name))] as const);
  return typed.some(([name, value]) => value !== given[name]) ? Object.fromEntries(typed) : null;
}

function typedValue(value: RequestValues[string], type: unknown): RequestValues[string] {
  if (typeof value !== 'string' || type === 'string' || type === undefined) return value;
  if (value === '') return null;
  if (type === 'boolean') return value === 'true' || (value === 'false' ? false : value);
  if (type !== 'int64' && type !== 'float64') return value;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
}
