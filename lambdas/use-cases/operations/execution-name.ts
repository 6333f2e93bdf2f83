import type { Flow } from '../../../contracts/flows.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import type { Ids } from '../../ports/clock-and-ids.ts';

/** Who asked, and the key under which asking again means the same work; null makes every call its own. */
export interface Caller {
  readonly actor: string;
  readonly idempotencyKey: string | null;
}

/** Digest of the cause: what is asked, under the caller's key, or under one that nobody else has. */
export function executionName(ids: Ids, flow: Flow, ask: object, { idempotencyKey }: Caller): string {
  const key = idempotencyKey === null ? { id: ids.next() } : { idempotencyKey };
  return digestOf({ flow, ask, ...key }).slice(0, 32);
}
