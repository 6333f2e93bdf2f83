import type { Timing } from '../../ports/timing.ts';

export const systemTiming: Timing = {
  elapsedMs: () => performance.now(),
  deadline(ms) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), ms);
    return { signal: controller.signal, cancel: () => clearTimeout(timer) };
  },
};
