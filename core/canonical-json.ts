import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalizeJson from 'canonicalize';
import { BugError } from './errors.ts';

/** 64 lower-case hexadecimal digits. */
export type Sha256 = string;

/**
 * The one spelling of a JSON value: keys sorted, no white space, numbers as ECMAScript prints them.
 * `undefined` members are left out. Source: RFC 8785. Checked by: test/unit/canonical-json.test.ts.
 *
 * @throws BugError for values JSON cannot carry (NaN, infinities, functions, cycles)
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalizeJson(value);
  } catch (error) {
    throw new BugError(`value has no canonical JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (text === undefined) throw new BugError('value has no canonical JSON: undefined');
  return text;
}

/** SHA-256 of the canonical JSON: two values get the same digest exactly when they say the same. */
export function digestOf(value: unknown): Sha256 {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

export function sha256Hex(bytes: Uint8Array): Sha256 {
  return bytesToHex(sha256(bytes));
}
