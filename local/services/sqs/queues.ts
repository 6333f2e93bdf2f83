import { createHash, randomUUID } from 'node:crypto';
import type { Region } from '../../service.ts';
import type { JsonStore } from '../../state/json-store.ts';

export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
}

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
  readonly receiveCount: number;
  readonly firstReceivedAtMs?: number;
  /** Names the latest receipt; an older one no longer deletes. */
  readonly receipt?: string;
}

/** Durable standard queues, as much as a dead-letter queue needs. */
export class Queues {
  readonly #region: Region;
  readonly #store: JsonStore;
  readonly #queues = new Map<string, QueueSettings>();

  constructor(region: Region) {
    this.#region = region;
    this.#store = region.store('sqs');
  }

  put(settings: QueueSettings): void {
    this.#queues.set(settings.name, settings);
  }

  find(name: string): QueueSettings | undefined {
    return this.#queues.get(name);
  }

  send(
    queue: QueueSettings,
    body: string,
    attributes?: Readonly<Record<string, unknown>>,
    delaySeconds?: number,
  ): Message {
    const sentAtMs = this.#nowMs();
    const message: Message = {
      id: randomUUID(),
      body,
      ...(attributes === undefined ? {} : { attributes }),
      sentAtMs,
      visibleAtMs: sentAtMs + (delaySeconds ?? queue.delaySeconds) * 1000,
      receiveCount: 0,
    };
    this.#save(queue, message);
    return message;
  }

  /** Hides up to `max` visible messages, oldest first, and gives them. */
  receive(queue: QueueSettings, max: number, visibilityTimeoutSeconds?: number): Message[] {
    const nowMs = this.#nowMs();
    const hiddenMs = (visibilityTimeoutSeconds ?? queue.visibilityTimeoutSeconds) * 1000;
    return this.messages(queue)
      .filter(({ visibleAtMs }) => visibleAtMs <= nowMs)
      .slice(0, max)
      .map((message) => {
        const received: Message = {
          ...message,
          receiveCount: message.receiveCount + 1,
          firstReceivedAtMs: message.firstReceivedAtMs ?? nowMs,
          visibleAtMs: nowMs + hiddenMs,
          receipt: Buffer.from(`${message.id} ${randomUUID()}`).toString('base64'),
        };
        this.#save(queue, received);
        return received;
      });
  }

  /** A receipt of a message that is gone is no error, as on AWS. @returns false for what is no receipt at all */
  delete(queue: QueueSettings, receipt: string): boolean {
    const [id = ''] = Buffer.from(receipt, 'base64').toString('utf8').split(' ');
    if (!/^[0-9a-f-]{36}$/.test(id)) return false;
    const message = this.messages(queue).find((candidate) => candidate.id === id);
    if (message?.receipt === receipt) this.#remove(queue, message);
    return true;
  }

  purge(queue: QueueSettings): void {
    for (const message of this.messages(queue)) this.#remove(queue, message);
  }

  /** Drops every message of a queue that is no more. */
  forget(name: string): void {
    for (const { key } of this.#store.list(name)) this.#store.delete(name, key);
  }

  /** Every message kept, oldest first; those past retention are dropped on the way. */
  messages(queue: QueueSettings): Message[] {
    const oldestMs = this.#nowMs() - queue.retentionSeconds * 1000;
    const all = this.#store.list<Message>(queue.name).map(({ value }) => value);
    for (const message of all) if (message.sentAtMs < oldestMs) this.#remove(queue, message);
    return all.filter(({ sentAtMs }) => sentAtMs >= oldestMs);
  }

  #save(queue: QueueSettings, message: Message): void {
    this.#store.put(queue.name, keyOf(message), message);
  }

  #remove(queue: QueueSettings, message: Message): void {
    this.#store.delete(queue.name, keyOf(message));
  }

  #nowMs(): number {
    return this.#region.clock.now().getTime();
  }
}

function keyOf(message: Message): string {
  return `${String(message.sentAtMs).padStart(15, '0')} ${message.id}`;
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
