import type { Source } from '../definitions/source.ts';
import { isWellFormed } from '../utf8-text.ts';

/** A record of the stream as its producer wrote it, or why it is none. */
export type StreamRow =
  | { readonly source: string; readonly row: Readonly<Record<string, unknown>> }
  | { readonly problem: string };

const SHAPE = 'a record is UTF-8 JSON {"source": "<name>", "row": {"<column>": value, …}}';

/**
 * Reads one record: `{"source": "orders", "row": {"customer_id": 7, …}}`, and nothing beside.
 *
 * @param text null for bytes that are not UTF-8
 */
export function readStreamRow(text: string | null): StreamRow {
  let document: unknown;
  try {
    document = JSON.parse(text ?? '');
  } catch {
    return { problem: `no JSON: ${SHAPE}` };
  }
  if (!isObject(document)) return { problem: `not an object: ${SHAPE}` };
  const { source, row, ...more } = document;
  const unknown = Object.keys(more);
  if (unknown.length > 0) return { problem: `unknown member: ${SHAPE}` };
  if (typeof source !== 'string' || source === '' || !isWellFormed(source)) return { problem: `no source: ${SHAPE}` };
  if (!isObject(row)) return { problem: `no row: ${SHAPE}` };
  return { source, row };
}

/** A row by column names in the order of the source's columns; what is absent is missing, what is not declared is left out. */
export function cellsOf({ columns }: Source, row: Readonly<Record<string, unknown>>): readonly unknown[] {
  return columns.map(({ name }) => (Object.hasOwn(row, name) ? row[name] : null));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
