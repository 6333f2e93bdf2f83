import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Value } from '../definitions/value-type.ts';

/** An event id as items hold it: the first 8 bytes of the SHA-256 of its text. `eventNameSql` computes the same. */
export function eventName(id: Value): bigint | null {
  if (id === null) return null;
  return new DataView(sha256(utf8ToBytes(String(id))).buffer).getBigUint64(0);
}
