import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../api/api-failure.ts';
import { CliError } from '../cli-error.ts';

const POLL_MS = 250;
/** Of a machine with other things to do; on one without, nothing takes a tenth of it. */
const USUAL_TIMEOUT_MS = 10 * 60_000;

const BUSY = [429, 502, 503, 504];

/**
 * Looks again and again until there is something to see.
 *
 * @param what is waited for, in words that end "… did not come within 600 s"
 * @param look null while it is not there
 * @throws CliError when it does not come in time; the signal's reason when it aborts
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | null> | T | null,
  { signal, timeoutMs = USUAL_TIMEOUT_MS }: { readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<T> {
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const seen = await looked(look);
    if (seen !== null) return seen;
    if (performance.now() > untilMs) throw new CliError(`${what} did not come within ${timeoutMs / 1000} s`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** A platform that is too busy to tell is asked again: it is not what it tells that is wrong. */
async function looked<T>(look: () => Promise<T | null> | T | null): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ApiError && BUSY.includes(error.status)) return null;
    throw error;
  }
}
