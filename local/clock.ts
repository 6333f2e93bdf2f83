import type { RegionClock } from './service.ts';

/** Longest delay `setTimeout` takes; anything above fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The region's clock. `now` is the true time of day at every speed, so that stored instants stay true. */
export function makeRegionClock(speed: number): RegionClock {
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new RangeError(`speed must be a positive number, got ${speed}; 1 is real time, 60 makes an hour a minute`);
  }
  return {
    speed,
    now: () => new Date(),
    sleep: async (ms, signal) => {
      const endMs = performance.now() + ms / speed;
      let leftMs = ms / speed;
      do {
        await sleepOnce(Math.min(leftMs, LONGEST_TIMER_MS), signal);
        leftMs = endMs - performance.now();
      } while (leftMs > 1);
    },
  };
}

function sleepOnce(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.max(0, ms),
    );
    timer.unref(); // a sleeping stand-in must not keep a stopped region's process alive
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
