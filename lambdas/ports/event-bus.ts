/** Something that happened. */
export interface PlatformEvent {
  /** `headgate.release.promoted` and the like: one of contracts/events.ts. */
  readonly type: string;
  /** The model or view that it happened to. */
  readonly subject: string;
  readonly data: object;
  /** What makes it this one event and no other of its type and subject, where a repetition has other data. By default its data. */
  readonly key?: string;
}

/** Tells the world what happened, as CloudEvents. Hints only: state is the truth. Told again, an event keeps its id. */
export interface EventBus {
  publish(events: readonly PlatformEvent[]): Promise<void>;
}
