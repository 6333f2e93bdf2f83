/**
 * Where a handler tells what happened. Powertools’ Logger is one. Values of entities and features never go there, so the
 * messages of errors that only a log gets, those of status 500 and above, hold none.
 */
export interface RequestLog {
  info(message: string, facts: Readonly<Record<string, string | number>>): void;
  error(message: string, facts: Readonly<Record<string, unknown>>): void;
}

/** For callers that keep no log. */
export const silentLog: RequestLog = { info: () => {}, error: () => {} };
