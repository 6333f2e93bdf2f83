import { isRecord } from '../../assembly/template.ts';

/** A JSON object of a request or an answer. */
export type Document = Readonly<Record<string, unknown>>;

/** A member that is an object; an empty one where it is not. */
export function memberOf(document: Document, member: string): Document {
  const value = document[member];
  return isRecord(value) ? value : {};
}

/** The objects of a list; none where it is no list. */
export function recordsIn(list: unknown): readonly Document[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}
