import { digestOf, type Sha256 } from '../canonical-json.ts';

/** What happened, before it has a place in a chain. JSON-safe. */
export interface AuditEvent {
  /** `release.registered`, `route.flipped`, … */
  readonly action: string;
  /** ARN of the person or role that caused it, or the execution that acted. */
  readonly actor: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event at its place in a model's chain: each record's hash covers the hash of the one before it. */
export interface AuditRecord extends AuditEvent {
  readonly model: string;
  /** 1, 2, 3, … without gaps. */
  readonly position: number;
  /** Hash of the record before; 64 zeros for the first. */
  readonly previousHash: Sha256;
  readonly hash: Sha256;
}

export const CHAIN_START: Sha256 = '0'.repeat(64);

/** The record that follows `previous` in the chain of `model`. */
export function nextRecord(
  model: string,
  previous: { readonly position: number; readonly hash: Sha256 },
  event: AuditEvent,
): AuditRecord {
  const body = { ...event, model, position: previous.position + 1, previousHash: previous.hash };
  return { ...body, hash: digestOf(body) };
}

/**
 * The first record that does not follow from the one before it, or null when the chain is whole.
 *
 * @param after what the first of the records follows; the beginning of the chain unless told
 */
export function firstBrokenRecord(
  records: readonly AuditRecord[],
  after: { readonly position: number; readonly hash: Sha256 } = { position: 0, hash: CHAIN_START },
): AuditRecord | null {
  let previous = after;
  for (const record of records) {
    const { hash, ...body } = record;
    const follows = record.position === previous.position + 1 && record.previousHash === previous.hash;
    if (!follows || digestOf(body) !== hash) return record;
    previous = { position: record.position, hash };
  }
  return null;
}
