import type { Timer } from '../../ports/timer.ts';

export interface OpenLoop {
  /** When each request is to be sent, in milliseconds from the beginning, ascending. */
  readonly arrivalsMs: Float64Array;
  /** Requests under way at once; a further one waits, and its wait counts as latency. */
  readonly maxInFlight: number;
  /** How long after the last arrival answers are waited for. */
  readonly drainMs: number;
  /** Sends one request; a rejection is a failed request. */
  readonly send: (request: number) => Promise<unknown>;
}

export interface SentRequests {
  /** Of the answered ones, ascending, each from when it was to be sent. */
  readonly latenciesMs: Float64Array;
  /** The same without what this process was late by itself: what a sender with time to spare would have measured. */
  readonly promptMs: Float64Array;
  /** How many failed, by name of the error; `NotAnswered` and `NotSent` for those that time ran out for. */
  readonly failures: Readonly<Record<string, number>>;
  /** Longest time by which this process was late by itself, not because it had to wait for a free place. */
  readonly lateMs: number;
}

/**
 * Sends requests when they are due, whether or not earlier ones were answered, and measures each from when it was due:
 * a slow answer delays no later request out of the measurement (coordinated omission). Ends `drainMs` after the last
 * arrival at the latest, whatever is still under way.
 */
export async function sendOpenLoop(
  timer: Timer,
  { arrivalsMs, maxInFlight, drainMs, send }: OpenLoop,
): Promise<SentRequests> {
  const latenciesMs = new Float64Array(arrivalsMs.length);
  const promptMs = new Float64Array(arrivalsMs.length);
  const failures = new Map<string, number>();
  const count = (name: string, n: number) => failures.set(name, (failures.get(name) ?? 0) + n);
  let [answered, settled, inFlight, next, lateMs] = [0, 0, 0, 0, 0];
  /** Since when there has been a free place. */
  let freeMs = timer.nowMs();
  let isOver = false;
  let wake = () => {};

  const startMs = timer.nowMs();
  const endMs = startMs + (arrivalsMs.at(-1) ?? 0) + drainMs;
  const deadline = timer.until(endMs);

  const sendOne = async (request: number, ownDelayMs: number): Promise<void> => {
    const dueMs = startMs + arrivalsMs[request]!;
    inFlight++;
    try {
      await send(request);
      if (!isOver) {
        latenciesMs[answered] = timer.nowMs() - dueMs;
        promptMs[answered] = latenciesMs[answered]! - ownDelayMs;
        answered++;
      }
    } catch (error) {
      if (!isOver) count(error instanceof Error ? error.name : 'Error', 1);
    }
    inFlight--;
    settled++;
    wake();
  };

  const sendAll = async (): Promise<void> => {
    for (; next < arrivalsMs.length; next++) {
      const dueMs = startMs + arrivalsMs[next]!;
      await timer.until(dueMs);
      if (isOver) return;
      const ownDelayMs = Math.max(0, timer.nowMs() - Math.max(dueMs, freeMs));
      lateMs = Math.max(lateMs, ownDelayMs);
      while (inFlight >= maxInFlight) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (isOver) return;
        freeMs = timer.nowMs();
      }
      void sendOne(next, ownDelayMs);
    }
    while (settled < arrivalsMs.length) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  await Promise.race([sendAll(), deadline]);
  isOver = true;
  const unsent = arrivalsMs.length - next;
  const unanswered = next - settled;
  if (unsent > 0) count('NotSent', unsent);
  if (unanswered > 0) count('NotAnswered', unanswered);
  return {
    latenciesMs: latenciesMs.slice(0, answered).sort(),
    promptMs: promptMs.slice(0, answered).sort(),
    failures: Object.fromEntries(failures),
    lateMs,
  };
}
