import type { Region } from '../../service.ts';
import type { JsonStore } from '../../state/json-store.ts';

export interface LogGroup {
  readonly name: string;
  readonly createdAtMs: number;
  readonly retentionDays?: number | undefined;
}

export interface LogEvent {
  readonly stream: string;
  readonly timestampMs: number;
  readonly ingestedAtMs: number;
  readonly message: string;
}

const GROUPS = 'groups';
/** The oldest events go when a group has more. */
const MAX_EVENTS = 20_000;
const TRIM_EVERY = 1_000;

/** Log groups, their streams and events; bounded by count and by the group's retention. */
export class LogGroups {
  readonly #region: Region;
  readonly #store: JsonStore;
  #sequence: number;

  constructor(region: Region) {
    this.#region = region;
    this.#store = region.store('logs');
    // Counts on from a number no earlier process can have reached.
    this.#sequence = region.clock.now().getTime() * 1000;
  }

  put(name: string, retentionDays: number | undefined): void {
    const createdAtMs = this.find(name)?.createdAtMs ?? this.#region.clock.now().getTime();
    const group: LogGroup = { name, createdAtMs, retentionDays };
    this.#store.put(GROUPS, name, group);
  }

  remove(name: string): void {
    for (const collection of [`events ${name}`, `streams ${name}`]) {
      for (const { key } of this.#store.list(collection)) this.#store.delete(collection, key);
    }
    this.#store.delete(GROUPS, name);
  }

  find(name: string): LogGroup | undefined {
    return this.#store.get<LogGroup>(GROUPS, name);
  }

  all(): LogGroup[] {
    return this.#store.list<LogGroup>(GROUPS).map(({ value }) => value);
  }

  /** @returns false when the stream is there already */
  addStream(group: string, stream: string): boolean {
    if (this.hasStream(group, stream)) return false;
    this.#store.put(`streams ${group}`, stream, { createdAtMs: this.#region.clock.now().getTime() });
    return true;
  }

  hasStream(group: string, stream: string): boolean {
    return this.#store.get(`streams ${group}`, stream) !== undefined;
  }

  streams(group: string): { readonly name: string; readonly createdAtMs: number }[] {
    return this.#store
      .list<{ createdAtMs: number }>(`streams ${group}`)
      .map(({ key, value }) => ({ name: key, createdAtMs: value.createdAtMs }));
  }

  append(group: string, events: readonly LogEvent[]): void {
    for (const event of events) {
      this.#store.put(`events ${group}`, String(this.#sequence++).padStart(20, '0'), event);
      if (this.#sequence % TRIM_EVERY === 0) this.#trim(group);
    }
  }

  /** Events in the order of their timestamps. */
  events(group: string): { readonly id: string; readonly event: LogEvent }[] {
    const retentionDays = this.find(group)?.retentionDays;
    const oldestMs = retentionDays === undefined ? 0 : this.#region.clock.now().getTime() - retentionDays * 86_400_000;
    return this.#store
      .list<LogEvent>(`events ${group}`)
      .map(({ key, value }) => ({ id: key, event: value }))
      .filter(({ event }) => event.timestampMs >= oldestMs)
      .sort((a, b) => a.event.timestampMs - b.event.timestampMs || (a.id < b.id ? -1 : 1));
  }

  #trim(group: string): void {
    const all = this.#store.list(`events ${group}`);
    for (const { key } of all.slice(0, Math.max(0, all.length - MAX_EVENTS)))
      this.#store.delete(`events ${group}`, key);
  }
}
