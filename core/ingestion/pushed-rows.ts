import type { Source } from '../definitions/source.ts';
import { InvalidInputError } from '../errors.ts';

/** Rows of a pushed data frame, in the order of the source's columns. */
export interface PushedRows {
  readonly rows: readonly (readonly unknown[])[];
  /** Columns that the source does not declare. */
  readonly ignored: readonly string[];
}

/**
 * Turns a data frame (one list per column) into rows.
 *
 * @throws InvalidInputError when a column is missing, lists differ in length, or there is no row
 */
export function pushedRows(source: Source, frame: Readonly<Record<string, readonly unknown[]>>): PushedRows {
  const given = Object.keys(frame);
  const absent = source.columns.filter(({ name }) => !Object.hasOwn(frame, name)).map(({ name }) => name);
  if (absent.length > 0) {
    throw new InvalidInputError(
      `df lacks ${absent.join(', ')}; source "${source.name}" has ${source.columns.map(({ name }) => name).join(', ')}`,
      { absent, given: given.slice(0, 50) },
    );
  }
  const lengths = new Set(given.map((name) => frame[name]?.length ?? 0));
  const [length = 0] = lengths;
  if (lengths.size > 1) {
    const sizes = given.map((name) => `${name} ${frame[name]?.length}`).slice(0, 50);
    throw new InvalidInputError(`the lists of df differ in length: ${sizes.join(', ')}`, { lengths: [...lengths] });
  }
  if (length === 0) throw new InvalidInputError('df has no rows', {});
  const columns = source.columns.map(({ name }) => frame[name] ?? []);
  const declared = new Set(source.columns.map(({ name }) => name));
  return {
    rows: Array.from({ length }, (_, row) => columns.map((column) => column[row] ?? null)),
    ignored: given.filter((name) => !declared.has(name)),
  };
}
