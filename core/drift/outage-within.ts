/** A scan as far as outages go by it. */
export interface ScanHealth {
  /** ISO 8601: end of what it looked at. */
  readonly at: string;
  readonly health: { readonly outcome: 'healthy' | 'unhealthy' | 'not-computable'; readonly because: string };
}

/**
 * The scan that last found an outage that a window still holds a part of; null when there is none. An outage is over when a later
 * scan found everything healthy: it may have lasted until then.
 *
 * @param earlier scans before the one whose window it is, newest first
 */
export function outageWithin<S extends ScanHealth>(earlier: readonly S[], windowFromMs: number): S | null {
  const last = earlier.findIndex(({ health }) => health.outcome === 'unhealthy');
  if (last === -1) return null;
  const over = earlier.slice(0, last).findLast(({ health }) => health.outcome === 'healthy');
  return over === undefined || Date.parse(over.at) > windowFromMs ? earlier[last]! : null;
}
