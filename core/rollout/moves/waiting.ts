import { MINUTE_MS, SECOND_MS } from '../../clock.ts';
import type { Move } from '../move.ts';
import type { Truth } from '../truth.ts';

/** Below the time after which a lease counts as abandoned, so that whoever waits renews it. */
const LONGEST_MS = 10 * MINUTE_MS;
/** Endpoints are looked at the rarer the longer they take, up to this. */
const RAREST_POLL_MS = 2 * MINUTE_MS;
const SHORTEST_MS = SECOND_MS;

export function wait(forMs: number): Move {
  return { kind: 'wait', forMs: bounded(forMs) };
}

/** Waits for something whose end nobody tells. */
export function poll(truth: Truth, waitedMs: number): Move {
  return wait(pollMs(truth, waitedMs));
}

export function pollMs({ pollMs }: Truth, waitedMs: number): number {
  return Math.max(pollMs, Math.min(RAREST_POLL_MS, waitedMs / 60));
}

export function bounded(forMs: number): number {
  return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, forMs));
}

/** Milliseconds since an instant; not below 0, whatever the clocks say. */
export function msSince(at: string, { now }: Truth): number {
  return Math.max(0, now.getTime() - Date.parse(at));
}
