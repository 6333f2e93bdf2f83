import { MINUTE_MS } from '../clock.ts';
import type { Value } from '../definitions/value-type.ts';
import { ceilTick } from '../offline/ticks.ts';
import type { RowTimes } from '../point-in-time/offline-row.ts';
import type { StreamLayout } from './stream-layout.ts';
import { addParts, type StreamCell, withoutDead } from './tile-cells.ts';
import { partOf } from './tile-part.ts';

/**
 * Runs loaded within one such span are kept together. A base reaches to the end of a span, so that it replaces whole
 * spans and nothing is counted twice or lost.
 */
export const SPAN_MS = 15 * MINUTE_MS;

/** Events that an entity remembers by name; a duplicate of an older one is seen by the next base alone. */
export const REMEMBERED_EVENTS = 256;

/** What the online store holds of a streamed view for one entity. Every function below answers a new one. */
export interface StreamState {
  /** Whether everything that was loaded before its first run is in it; until then nothing is served. */
  readonly isComplete: boolean;
  /** Everything loaded by then is in the base, and nothing of it in `spans`; 0 before the first base. */
  readonly baseToMs: number;
  /** When the newest row came that counted at the last write; null when there was none. */
  readonly newestMs: number | null;
  readonly base: readonly StreamCell[];
  /** Rows loaded later, in order of `toMs`. */
  readonly spans: readonly StreamSpan[];
  /** Load times of the runs in `spans`, in order. */
  readonly applied: readonly number[];
  /** See `eventName`; the newest last. */
  readonly events: readonly bigint[];
}

/** Rows loaded after `toMs` - `SPAN_MS`, up to `toMs`. */
export interface StreamSpan {
  readonly toMs: number;
  readonly cells: readonly StreamCell[];
}

/** One row of an entity as its view sees it. */
export interface StreamRow {
  readonly times: RowTimes;
  /** In the order of the layout's inputs. */
  readonly inputs: readonly Value[];
  /** Null for an event of its own. */
  readonly event: bigint | null;
}

/** What a materialization knows of one entity. */
export interface StreamBase {
  readonly toMs: number;
  readonly newestMs: number | null;
  readonly cells: readonly StreamCell[];
  /** Runs that were loaded after `toMs` and are known completely. */
  readonly runs: readonly { readonly loadedAtMs: number; readonly cells: readonly StreamCell[] }[];
  readonly events: readonly bigint[];
}

export const EMPTY_STATE: StreamState = {
  isComplete: false,
  baseToMs: 0,
  newestMs: null,
  base: [],
  spans: [],
  applied: [],
  events: [],
};

/** The first instant at which a row counts. */
export function beginOf({ eventTimeMs, knownAtMs }: Pick<RowTimes, 'eventTimeMs' | 'knownAtMs'>): number {
  return Math.max(eventTimeMs, knownAtMs);
}

/** Adds the rows of one run. A run that is in already changes nothing, whenever and however often it comes. */
export function applyRun(
  layout: StreamLayout,
  state: StreamState,
  run: { readonly loadedAtMs: number; readonly rows: readonly StreamRow[] },
  nowMs: number,
): StreamState {
  const { loadedAtMs } = run;
  if (loadedAtMs <= state.baseToMs || state.applied.includes(loadedAtMs)) return state;
  const events = new Set(state.events);
  const fresh = run.rows.filter(({ event }) => {
    const isDuplicate = event !== null && events.has(event);
    if (event !== null) events.add(event);
    return !isDuplicate;
  });
  const cells = fresh.map((row) => cellOf(layout, row));
  return settled(layout, { ...withRun(layout, state, loadedAtMs, cells), events: newest([...events]) }, nowMs);
}

/**
 * Puts a base below the runs that were loaded after it, and adds those the base knows and the state does not. An older
 * base than the one that is there changes nothing.
 */
export function applyBase(layout: StreamLayout, state: StreamState, base: StreamBase, nowMs: number): StreamState {
  if (state.isComplete && base.toMs < state.baseToMs) return state;
  const remembered = new Set(base.events);
  let next: StreamState = {
    isComplete: true,
    baseToMs: base.toMs,
    newestMs: latestOf(state.newestMs, base.newestMs),
    base: base.cells,
    spans: state.spans.filter(({ toMs }) => toMs > base.toMs),
    applied: state.applied.filter((loadedAtMs) => loadedAtMs > base.toMs),
    events: newest([...base.events, ...state.events.filter((event) => !remembered.has(event))]),
  };
  for (const { loadedAtMs, cells } of base.runs) {
    if (!next.applied.includes(loadedAtMs)) next = withRun(layout, next, loadedAtMs, cells);
  }
  return settled(layout, next, nowMs);
}

/** A row as a cell of one tile, not known to have begun. */
function cellOf(layout: StreamLayout, { times, inputs }: StreamRow): StreamCell {
  return {
    tileMs: ceilTick(times.eventTimeMs, layout.tileMs),
    fromMs: beginOf(times),
    parts: layout.slots.map((slot) => partOf(slot, inputs[slot.input] ?? null, times)),
  };
}

function withRun(
  layout: StreamLayout,
  state: StreamState,
  loadedAtMs: number,
  cells: readonly StreamCell[],
): StreamState {
  const toMs = ceilTick(loadedAtMs, SPAN_MS);
  const span = state.spans.find((one) => one.toMs === toMs);
  const others = state.spans.filter((one) => one !== span);
  const merged = { toMs, cells: addParts(layout, [...(span?.cells ?? []), ...cells]) };
  return {
    ...state,
    spans: [...others, merged].sort((a, b) => a.toMs - b.toMs),
    applied: [...state.applied, loadedAtMs].sort((a, b) => a - b),
  };
}

/** Rows that have begun lose their own instant, and what has left every window is dropped. */
function settled(layout: StreamLayout, state: StreamState, nowMs: number): StreamState {
  const cells = [...state.base, ...state.spans.flatMap((span) => span.cells)];
  const begun = cells.flatMap(({ fromMs }) => (fromMs !== null && fromMs <= nowMs ? [fromMs] : []));
  return {
    ...state,
    newestMs: begun.reduce<number | null>(latestOf, state.newestMs),
    base: withoutDead(layout, state.base, nowMs),
    spans: state.spans.map(({ toMs, cells: own }) => ({ toMs, cells: withoutDead(layout, own, nowMs) })),
  };
}

function latestOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function newest(events: readonly bigint[]): readonly bigint[] {
  return events.slice(-REMEMBERED_EVENTS);
}
