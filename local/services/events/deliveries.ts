import { randomUUID } from 'node:crypto';
import { AwsError, type Region } from '../../service.ts';
import type { JsonStore } from '../../state/json-store.ts';

/** One payload on its way to one target. */
export interface Delivery {
  readonly targetArn: string;
  /** What the target is sent; JSON text in all but constant inputs. */
  readonly payload: string;
  /** Role to act with; without one the target's own policy decides. */
  readonly roleArn?: string;
  /** Rule or schedule on whose behalf. */
  readonly sourceArn: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly deadLetterArn?: string;
  /** Partition of a message, for queues and topics that want one. */
  readonly messageGroupId?: string;
}

interface Queued extends Delivery {
  readonly acceptedAtMs: number;
  readonly attempts: number;
}

export type Send = (id: string, delivery: Delivery) => Promise<void>;

const COLLECTION = 'deliveries';
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** Refusals that another try does not mend; AWS gives such events up at once too. */
const FINAL =
  /AccessDenied|AuthorizationError|NotFound|DoesNotExist|NonExistent|Validation|Invalid|UnknownOperation|NoSuchEntity/;

/** Sends payloads to targets at least once, over restarts, until the target's retry policy gives up. */
export class Deliveries {
  readonly #region: Region;
  readonly #service: 'events' | 'scheduler';
  readonly #store: JsonStore;
  readonly #send: Send;
  readonly #abort = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(region: Region, service: 'events' | 'scheduler', send: Send) {
    this.#region = region;
    this.#service = service;
    this.#store = region.store(service);
    this.#send = send;
  }

  /** On disk when it returns; sent soon after. */
  accept(delivery: Delivery): void {
    const id = randomUUID();
    const queued: Queued = { ...delivery, acceptedAtMs: this.#region.clock.now().getTime(), attempts: 0 };
    this.#store.put(COLLECTION, id, queued);
    this.#begin(id, queued);
  }

  /** Goes on with what an earlier process accepted. */
  resume(): void {
    for (const { key, value } of this.#store.list<Queued>(COLLECTION)) {
      if (!this.#underWay.has(key)) this.#begin(key, value);
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('the region stops'));
    await Promise.race([Promise.allSettled(this.#underWay.values()), new Promise((r) => setTimeout(r, 1_000).unref())]);
  }

  /** Resolves when nothing is under way; for tests and an orderly stop. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values());
  }

  #begin(id: string, queued: Queued): void {
    const work = this.#deliver(id, queued)
      .catch((error: unknown) => {
        if (!this.#abort.signal.aborted) this.#region.log(this.#service, 'error', `delivery ${id}: ${String(error)}`);
      })
      .finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, work);
  }

  async #deliver(id: string, first: Queued): Promise<void> {
    // The caller may still be inside the transaction that keeps this delivery.
    await new Promise((resolve) => setImmediate(resolve));
    let queued = first;
    for (;;) {
      if (this.#abort.signal.aborted) return;
      try {
        await this.#send(id, queued);
        this.#store.delete(COLLECTION, id);
        return;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        queued = { ...queued, attempts: queued.attempts + 1 };
        if (this.#isOver(queued, error)) return this.#giveUp(id, queued, error);
        this.#store.put(COLLECTION, id, queued);
        const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (queued.attempts - 1), LONGEST_DELAY_MS);
        await this.#region.clock.sleep(delayMs, this.#abort.signal);
      }
    }
  }

  #isOver(queued: Queued, error: unknown): boolean {
    const ageMs = (this.#region.clock.now().getTime() - queued.acceptedAtMs) * this.#region.clock.speed;
    return (
      (error instanceof AwsError && FINAL.test(error.code)) ||
      queued.attempts > queued.maximumRetryAttempts ||
      ageMs > queued.maximumEventAgeSeconds * 1000
    );
  }

  async #giveUp(id: string, queued: Queued, error: unknown): Promise<void> {
    const code = error instanceof AwsError ? error.code : 'InternalFailure';
    const message = error instanceof Error ? error.message : String(error);
    this.#region.log(
      this.#service,
      'error',
      `${queued.sourceArn} could not reach ${queued.targetArn} after ${queued.attempts} tries: ${code}: ${message}`,
    );
    if (queued.deadLetterArn !== undefined) {
      const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
      const { targetArn, sourceArn, deadLetterArn, payload } = queued;
      await this.#send(`${id}-dlq`, {
        ...queued,
        targetArn: deadLetterArn,
        payload: JSON.stringify({
          body: payload,
          attributes: {
            [this.#service === 'events' ? 'RULE_ARN' : 'SCHEDULE_ARN']: attribute(sourceArn),
            TARGET_ARN: attribute(targetArn),
            ERROR_CODE: attribute(code),
            ERROR_MESSAGE: attribute(message),
            RETRY_ATTEMPTS: attribute(String(queued.attempts - 1)),
          },
        }),
      }).catch((failure: unknown) => {
        this.#region.log(this.#service, 'error', `${deadLetterArn} did not take it either: ${String(failure)}`);
      });
    }
    this.#store.delete(COLLECTION, id);
  }
}
