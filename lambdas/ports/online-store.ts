import type { Route } from '../../core/release/route.ts';

/** The latest values of each entity, one item per entity and version of a view, packed in the order of its features. */
export interface OnlineStore {
  /**
   * Reads many items and, when asked, routes of models, in as few round trips as the store allows: one up to 100 keys.
   * Answers come in the order asked, an absent item as null. Keys asked twice are read once.
   *
   * @throws UnavailableError when the store keeps refusing some keys: a key is answered or the whole read fails
   */
  read(keys: readonly OnlineKey[], models: readonly string[]): Promise<OnlineRead>;
  /**
   * Writes each item unless the store holds one that is newer (by event time, then knowledge time).
   * Answers how many were written and how many were older than what is there. Safe to repeat.
   *
   * @throws InvalidInputError when one is larger than the store holds (see `refuseLargeItem`); none is written then
   */
  write(items: readonly OnlineItem[]): Promise<{ readonly written: number; readonly stale: number }>;
  /**
   * Changes each item from what the store holds of it, for items that are added to: when somebody else writes one in
   * between, `next` is asked again with what is there by then, so that no change is lost. Keys must differ.
   *
   * @throws UnavailableError when others keep writing an item; changes beside it may have been made
   * @throws InvalidInputError when one is larger than the store holds; changes beside it may have been made
   */
  update(changes: readonly OnlineChange[]): Promise<{ readonly written: number; readonly unchanged: number }>;
}

export interface OnlineChange {
  readonly key: OnlineKey;
  /** What an item becomes, from what is there; null leaves it as it is. May be asked more than once, and has no effects. */
  readonly next: (stored: OnlineItem | null) => OnlineItem | null;
}

export interface OnlineKey {
  readonly entity: string;
  /** Join key values in the entity's order. */
  readonly key: readonly (string | number)[];
  readonly view: string;
  readonly version: string;
}

export interface OnlineItem extends OnlineKey {
  /** See `packRow` in core/serving/packed-row.ts. */
  readonly values: Uint8Array;
  readonly eventTimeMs: number;
  readonly knownAtMs: number;
  /** When the store may forget the item; null for never. */
  readonly expiresAtMs: number | null;
}

export interface OnlineRead {
  readonly items: readonly (OnlineItem | null)[];
  readonly routes: readonly (Route | null)[];
}
