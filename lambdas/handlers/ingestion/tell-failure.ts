import type { RequestLog } from '../request-log.ts';

/** Logs what was not stored and will be tried again. */
export function tellFailure(log: RequestLog): (what: string, error: unknown) => void {
  return (what, error) =>
    log.error('not stored yet', {
      what,
      error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    });
}
