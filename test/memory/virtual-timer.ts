import type { Timer } from '../../lambdas/ports/timer.ts';

export interface VirtualTimer extends Timer {
  /** Runs until nothing waits any more. */
  run(): Promise<void>;
}

/** A timer whose time passes only when everybody waits, and then at once. */
export function virtualTimer(startMs = 1_000): VirtualTimer {
  let nowMs = startMs;
  const waiting: { readonly atMs: number; readonly resume: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    until: (atMs) =>
      new Promise((resume) => {
        waiting.push({ atMs, resume });
      }),
    async run() {
      for (;;) {
        // everything that goes on without waiting for time has its turn first
        await new Promise((resume) => setImmediate(resume));
        waiting.sort((a, b) => a.atMs - b.atMs);
        const next = waiting.shift();
        if (next === undefined) return;
        nowMs = Math.max(nowMs, next.atMs);
        next.resume();
      }
    },
  };
}
