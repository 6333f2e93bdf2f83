import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../canonical-json.ts';

/** Bytes that the join key values of one entity may take as JSON: beside its name they are a key of at most 2,048. */
export const MAX_JOIN_KEY_BYTES = 2_000;

/** A character takes at most six bytes, escaped. */
const SURELY_SHORT_CHARS = 300;

/** Null when the values fit into a key of the online store, else how many bytes they take. */
export function excessiveKeyBytes(values: readonly (string | number)[]): number | null {
  const chars = values.reduce<number>((sum, value) => sum + String(value).length, 0);
  if (chars <= SURELY_SHORT_CHARS) return null;
  const bytes = utf8ToBytes(canonicalJson(values)).length;
  return bytes <= MAX_JOIN_KEY_BYTES ? null : bytes;
}
