import type { Timing } from '../../lambdas/ports/timing.ts';

export interface MemoryTiming extends Timing {
  advance(ms: number): void;
  /** Deadlines that are over as soon as they begin; the others never are. */
  expireFrom(ms: number): void;
  /** Every deadline that was set, in order. */
  readonly deadlinesMs: readonly number[];
}

/** Time that stands until it is moved. */
export function memoryTiming(): MemoryTiming {
  let nowMs = 0;
  let expiredFromMs = Number.POSITIVE_INFINITY;
  const deadlinesMs: number[] = [];
  return {
    deadlinesMs,
    elapsedMs: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
    expireFrom(ms) {
      expiredFromMs = ms;
    },
    deadline(ms) {
      deadlinesMs.push(ms);
      const signal = ms >= expiredFromMs ? AbortSignal.abort() : new AbortController().signal;
      return { signal, cancel: () => {} };
    },
  };
}
