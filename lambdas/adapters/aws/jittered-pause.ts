import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../ports/clock-and-ids.ts';

const FIRST_MS = 10;
const LONGEST_MS = 250;

/** Waits before a write that somebody else overtook is computed anew. */
export type Pause = (tries: number) => Promise<void>;

/**
 * Pauses of any length up to a limit that doubles with each try, so that writers that met once do not meet again.
 *
 * @param wait takes milliseconds
 */
export function jitteredPause(random: Random, wait: (ms: number) => Promise<unknown> = sleep): Pause {
  return async (tries) => {
    await wait(random() * Math.min(FIRST_MS * 2 ** (tries - 1), LONGEST_MS));
  };
}
