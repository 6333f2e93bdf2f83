/** Where a handler tells what happened. Powertools' Logger is one. Values of entities and features never go there. */
export interface RequestLog {
  info(message: string, facts: Readonly<Record<string, string | number>>): void;
  error(message: string, facts: Readonly<Record<string, unknown>>): void;
}

/** For callers that keep no log. */
export const silentLog: RequestLog = { info: () => {}, error: () => {} };
