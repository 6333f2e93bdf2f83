import { performance } from 'node:perf_hooks';
import { setTimeout as sleep, setImmediate as yieldTurn } from 'node:timers/promises';
import type { Timer } from '../../ports/timer.ts';

export const systemTimer: Timer = {
  nowMs: () => performance.now(),
  async until(ms) {
    const left = ms - performance.now();
    // Node rounds a timeout below 1 ms up to 1
    if (left < 1) return yieldTurn();
    return sleep(left);
  },
};
