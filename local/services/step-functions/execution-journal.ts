import type { JsonStore } from '../../state/json-store.ts';
import type { FrameRecord, HistoryEvent } from './records.ts';
import { StateError } from './state-error.ts';

/** A Standard execution ends when its history is full. */
const MAX_HISTORY_EVENTS = 25_000;

/** The durable side of one execution: its frames and its history. */
export class ExecutionJournal {
  readonly #store: JsonStore;
  readonly #frames: string;
  readonly #history: string;
  readonly #nowMs: () => number;
  #eventCount: number;

  constructor(store: JsonStore, executionArn: string, nowMs: () => number) {
    this.#store = store;
    this.#frames = `frames ${executionArn}`;
    this.#history = `history ${executionArn}`;
    this.#nowMs = nowMs;
    this.#eventCount = Number(store.list(this.#history).at(-1)?.key ?? 0);
  }

  frame(path: string): FrameRecord | undefined {
    return this.#store.get<FrameRecord>(this.#frames, path);
  }

  save(frame: FrameRecord): void {
    this.#store.put(this.#frames, frame.path, frame);
  }

  /** Forgets the branches and items of a state that has been left. */
  forgetBelow(path: string): void {
    for (const { key } of this.#store.list(this.#frames)) {
      if (key.startsWith(`${path}/`)) this.#store.delete(this.#frames, key);
    }
  }

  forgetFrames(): void {
    for (const { key } of this.#store.list(this.#frames)) this.#store.delete(this.#frames, key);
  }

  /**
   * Appends an event after the frame's last one and makes it the frame's last; the caller saves the frame.
   *
   * @throws StateError when the history is full
   */
  record(frame: FrameRecord | undefined, type: string, details?: HistoryEvent['details']): number {
    if (this.#eventCount >= MAX_HISTORY_EVENTS && frame !== undefined) {
      throw new StateError('States.Runtime', `The execution reached ${MAX_HISTORY_EVENTS} history events.`);
    }
    const id = ++this.#eventCount;
    const event: HistoryEvent = {
      id,
      previousEventId: frame?.lastEventId ?? id - 1,
      timestampMs: this.#nowMs(),
      type,
      ...(details === undefined ? {} : { details }),
    };
    this.#store.put(this.#history, String(id).padStart(8, '0'), event);
    if (frame !== undefined) frame.lastEventId = id;
    return id;
  }

  atomically<R>(work: () => R): R {
    return this.#store.atomically(work);
  }
}

export function readHistory(store: JsonStore, executionArn: string): HistoryEvent[] {
  return store.list<HistoryEvent>(`history ${executionArn}`).map(({ value }) => value);
}

export function forgetHistory(store: JsonStore, executionArn: string): void {
  for (const { key } of store.list(`history ${executionArn}`)) store.delete(`history ${executionArn}`, key);
}
