import type { Region } from '../../service.ts';
import type { JsonStore } from '../../state/json-store.ts';
import { parseScheduleExpression, type ScheduleTimes } from './schedule-expression.ts';

export interface Schedule {
  readonly key: string;
  readonly expression: string;
  readonly timeZone?: string;
  /**
   * Called when due, with the time of day it was due at. What it puts in a store is kept together with the move to
   * the next tick, or not at all; it must neither throw nor begin a transaction.
   */
  fire(dueAt: Date): void;
  /** Called when it will never fire again. */
  onLast?(): void;
}

/** Where a schedule stands. At speed 1 both instants are the same. */
interface Due {
  readonly expression: string;
  readonly timeZone: string;
  readonly speed: number;
  /** Time of day at which it fires. */
  readonly dueAtMs: number;
  /** The instant of the expression that this is. A faster clock passes through the calendar faster. */
  readonly calendarMs: number;
  /** It has fired for the last time. */
  readonly isDone?: true;
}

const COLLECTION = 'due';

/**
 * Fires schedules in the region's time. What is next is on disk: a schedule that fell due while the region was down
 * fires once at the next start, where AWS would have fired each time.
 */
export class Ticker {
  readonly #region: Region;
  readonly #service: string;
  readonly #store: JsonStore;
  readonly #running = new Map<string, AbortController>();

  constructor(region: Region, service: string) {
    this.#region = region;
    this.#service = service;
    this.#store = region.store(service);
  }

  /** Begins a schedule, or goes on with it; one with the same key is replaced. */
  start(schedule: Schedule): void {
    this.stop(schedule.key);
    const controller = new AbortController();
    this.#running.set(schedule.key, controller);
    this.#run(schedule, controller.signal).catch((error: unknown) => {
      if (!controller.signal.aborted) {
        this.#region.log(this.#service, 'error', `schedule ${schedule.key} stopped: ${String(error)}`);
      }
    });
  }

  stop(key: string): void {
    this.#running.get(key)?.abort();
    this.#running.delete(key);
  }

  stopAll(): void {
    for (const key of [...this.#running.keys()]) this.stop(key);
  }

  forget(key: string): void {
    this.stop(key);
    this.#store.delete(COLLECTION, key);
  }

  async #run(schedule: Schedule, signal: AbortSignal): Promise<void> {
    const { clock } = this.#region;
    const times = parseScheduleExpression(schedule.expression, schedule.timeZone);
    let due = this.#firstDue(schedule, times);
    while (due !== undefined) {
      const overdueMs = clock.now().getTime() - due.dueAtMs;
      if (overdueMs < 0) await clock.sleep(-overdueMs * clock.speed, signal);
      if (signal.aborted) return;
      if (clock.now().getTime() < due.dueAtMs) continue; // timers may be a millisecond early
      const dueAt = new Date(due.dueAtMs);
      const fired: Due = due;
      due = this.#store.atomically(() => {
        schedule.fire(dueAt);
        return this.#dueAfter(schedule, times, fired);
      });
      if (due === undefined) schedule.onLast?.();
    }
  }

  #firstDue(schedule: Schedule, times: ScheduleTimes): Due | undefined {
    const { clock } = this.#region;
    const kept = this.#store.get<Due>(COLLECTION, schedule.key);
    const timeZone = schedule.timeZone ?? 'UTC';
    if (kept?.expression === schedule.expression && kept.timeZone === timeZone && kept.speed === clock.speed) {
      const lateMs = clock.now().getTime() - kept.dueAtMs;
      if (lateMs > 60_000 && !kept.isDone) {
        this.#region.log(
          this.#service,
          'info',
          `schedule ${schedule.key} fell due at ${new Date(kept.dueAtMs).toISOString()} while the region was down; it fires once now`,
        );
      }
      return kept.isDone ? undefined : kept;
    }
    return this.#keep(schedule, times, clock.now().getTime());
  }

  #dueAfter(schedule: Schedule, times: ScheduleTimes, last: Due): Due | undefined {
    const { clock } = this.#region;
    // Where in the calendar a clock of this speed is by now: past the last tick by as much as time has gone on.
    const lateMs = Math.max(0, clock.now().getTime() - last.dueAtMs);
    const intervalMs = (times.next(new Date(last.calendarMs))?.getTime() ?? Number.NaN) - last.calendarMs;
    const isLessThanOneTickLate = lateMs * clock.speed < intervalMs;
    // On time, the next tick counts from the last, so that a rate does not drift; else from now, leaving out the missed.
    return isLessThanOneTickLate
      ? this.#keep(schedule, times, last.calendarMs, last.dueAtMs)
      : this.#keep(schedule, times, last.calendarMs + lateMs * clock.speed);
  }

  #keep(
    schedule: Schedule,
    times: ScheduleTimes,
    calendarMs: number,
    sinceMs = this.#region.clock.now().getTime(),
  ): Due | undefined {
    const next = times.next(new Date(calendarMs));
    const { speed } = this.#region.clock;
    const due: Due = {
      expression: schedule.expression,
      timeZone: schedule.timeZone ?? 'UTC',
      speed,
      dueAtMs: next === undefined ? sinceMs : sinceMs + (next.getTime() - calendarMs) / speed,
      calendarMs: next?.getTime() ?? calendarMs,
      ...(next === undefined ? { isDone: true } : {}),
    };
    this.#store.put(COLLECTION, schedule.key, due);
    return next === undefined ? undefined : due;
  }
}
