export type { Clock, Random } from '../../core/clock.ts';

/** Makes identifiers that sort by time of making. */
export interface Ids {
  /** UUID version 7 (RFC 9562) in lower case. */
  next(): string;
}
