import type { Times } from '../world/visits.ts';

/** What the thread that sends is started with. */
export interface TrafficStart {
  readonly url: string;
  readonly model: string;
  readonly seed: number;
  /** Epoch milliseconds; of the world whose customers visit. */
  readonly nowMs: number;
  /** At most, all customers together. */
  readonly perSecond: number;
}

/** What it is told while it runs. */
export type TrafficOrder = { readonly kind: 'times'; readonly times: Times } | { readonly kind: 'stop' };

/** One request and what came of it. */
export interface SentVisit {
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  readonly tookMs: number;
  /** 0 when nobody answered. */
  readonly status: number;
  /** Of whoever answered; null for a request that failed. */
  readonly releaseId: string | null;
  readonly score: number | null;
  /** What was said instead of an answer; null for an answer. */
  readonly error: string | null;
  readonly basket: number;
  readonly bought: boolean;
}

/** What it tells, some times a second. */
export interface TrafficNews {
  readonly visits: readonly SentVisit[];
  /** Rows that the shop has stored, and outcomes it has recorded; since the beginning. */
  readonly rowsStored: number;
  readonly outcomesRecorded: number;
  /** What went wrong with these, if anything did. */
  readonly problems: readonly string[];
  readonly hasEnded: boolean;
}
