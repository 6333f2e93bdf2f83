import { setTimeout as sleep } from 'node:timers/promises';

export interface OpenLoop {
  readonly requestsPerSecond: number;
  readonly forMs: number;
  /** More than these under way are not started: the machine that sends has its limits too. */
  readonly maxUnderWay: number;
  /** Ends the sending early. */
  readonly signal: AbortSignal;
}

/**
 * Calls `send` at an even rate, whether the calls before have ended or not, and waits for those under way at the end. A late
 * timer is made up for by several calls at once.
 *
 * @param send index of the call, and the instant it was due on `performance.now()`
 * @returns how many were not started because too many were under way
 */
export async function openLoop(
  { requestsPerSecond, forMs, maxUnderWay, signal }: OpenLoop,
  send: (index: number, dueMs: number) => Promise<void>,
): Promise<number> {
  const beganMs = performance.now();
  const total = Math.max(1, Math.round((requestsPerSecond * forMs) / 1000));
  const underWay = new Set<Promise<void>>();
  let skipped = 0;
  for (let index = 0; index < total && !signal.aborted; index++) {
    const dueMs = beganMs + (index * 1000) / requestsPerSecond;
    const earlyMs = dueMs - performance.now();
    if (earlyMs > 0) await sleep(earlyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    if (underWay.size >= maxUnderWay) {
      skipped++;
      continue;
    }
    const call = send(index, dueMs).finally(() => underWay.delete(call));
    underWay.add(call);
  }
  await Promise.all(underWay);
  return skipped;
}
