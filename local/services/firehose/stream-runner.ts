import { join } from 'node:path';
import type { Region } from '../../service.ts';
import { deliver } from './deliver.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import { RecordBuffer, type SealedBuffer, sealedBuffers } from './record-buffer.ts';

/** How long a delivery that failed waits before it is tried again; on AWS it is retried for a day. */
const RETRY_SECONDS = 60;

/** Buffers and delivers the records of one stream. */
export class StreamRunner {
  readonly #region: Region;
  readonly #name: string;
  readonly #stopped = new AbortController();
  #open: RecordBuffer | undefined;
  /** Deliveries go one after the other, so objects appear in the order of their buffers. */
  #deliveries: Promise<void> = Promise.resolve();

  constructor(region: Region, name: string) {
    this.#region = region;
    this.#name = name;
  }

  /** Delivers what lies in the stream's folder from before. */
  resume(): void {
    for (const buffer of sealedBuffers(this.#folder)) {
      if (buffer.path !== this.#open?.path) this.#enqueue(buffer);
    }
  }

  /** Keeps the records durably. @returns their ids */
  put(stream: DeliveryStream, records: readonly Uint8Array[]): string[] {
    const now = this.#region.clock.now();
    const buffer = this.#open ?? this.#openBuffer(stream, now);
    const ids = buffer.append(records, now);
    if (buffer.sizeBytes >= stream.sizeBytes) this.#seal(buffer);
    return ids;
  }

  /** Delivers everything and takes no more. What can not be delivered stays for the next start. */
  async stop(): Promise<void> {
    if (this.#open !== undefined) this.#seal(this.#open);
    this.#stopped.abort();
    await this.#deliveries;
  }

  get #folder(): string {
    return join(this.#region.stateDir, 'firehose', this.#name);
  }

  #openBuffer(stream: DeliveryStream, now: Date): RecordBuffer {
    const buffer = new RecordBuffer(this.#folder, now);
    this.#open = buffer;
    this.#region.clock.sleep(stream.intervalSeconds * 1000, this.#stopped.signal).then(
      () => this.#seal(buffer),
      () => undefined, // stopped: stop has sealed it
    );
    return buffer;
  }

  #seal(buffer: RecordBuffer): void {
    if (this.#open !== buffer) return;
    this.#open = undefined;
    buffer.close();
    this.#enqueue(buffer);
  }

  #enqueue(buffer: SealedBuffer): void {
    this.#deliveries = this.#deliveries.then(() => this.#deliver(buffer));
  }

  /** Never rejects. The settings are read anew, since a new template may have changed them. */
  async #deliver(buffer: SealedBuffer): Promise<void> {
    try {
      const stream = this.#region.store('firehose').get<DeliveryStream>('stream', this.#name);
      if (stream !== undefined) await deliver(this.#region, stream, buffer);
    } catch (error) {
      this.#region.log('firehose', 'error', `delivery of ${this.#name} failed, its records are kept: ${String(error)}`);
      this.#region.clock.sleep(RETRY_SECONDS * 1000, this.#stopped.signal).then(
        () => this.#enqueue(buffer),
        () => undefined, // the next start finds the buffer
      );
    }
  }
}
