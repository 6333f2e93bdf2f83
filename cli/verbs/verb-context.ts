import type { ApiClient } from '../api/api-client.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What every verb that speaks to a running platform is given. */
export interface VerbContext {
  readonly api: ApiClient;
  readonly terminal: Terminal;
}
