import type { ApiClient } from '../api/api-client.ts';
import type { Claim } from './claim.ts';
import type { Screen } from './screen/screen.ts';

/** What every scene plays with. */
export interface Stage {
  readonly api: ApiClient;
  readonly model: string;
  readonly screen: Screen;
  /** Aborts when somebody wants the demonstration to end. */
  readonly signal: AbortSignal;
}

/** A part of the story: what is done, what is then said of it, and how that is checked. */
export interface Scene<G, F extends object> {
  readonly name: string;
  /** What the audience reads while it is played. */
  readonly title: string;
  /** @param given what earlier scenes have left */
  play(stage: Stage, given: G): Promise<F>;
  readonly claims: readonly Claim<F>[];
}
