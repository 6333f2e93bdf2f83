import { DAY_MS } from '../clock.ts';

/** An item stays this long after its TTL has passed, so that it reads as too old before it reads as not found. */
const GRACE_MS = 7 * DAY_MS;

/** When the online store may forget an item; null for never. A late row gets its grace from now on. */
export function onlineExpiryMs(ttlMs: number | null, eventTimeMs: number, nowMs: number): number | null {
  return ttlMs === null ? null : Math.max(eventTimeMs + ttlMs, nowMs) + GRACE_MS;
}
