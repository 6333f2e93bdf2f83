import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** One record of a shard. */
export interface ShardRecord {
  /** 56 digits; text order is the order of the shard. */
  readonly sequenceNumber: string;
  readonly arrivedAtMs: number;
  readonly partitionKey: string;
  /** Base64. */
  readonly data: string;
}

/** Where a record's line lies. */
interface Place {
  readonly sequenceNumber: string;
  readonly arrivedAtMs: number;
  readonly file: number;
  readonly at: number;
  readonly sizeBytes: number;
}

const HOUR_MS = 3_600_000;

/**
 * The records of one shard in files of an hour each, one JSON line a record. A record is handed to the operating system
 * before it is acknowledged, so a killed process loses none. What is past retention goes, a whole file at a time.
 */
export class ShardLog {
  readonly #folder: string;
  readonly #shard: number;
  readonly #files = new Map<number, number>();
  #places: Place[] = [];
  #lastCount = 0n;

  constructor(folder: string, shard: number) {
    this.#folder = join(folder, String(shard));
    this.#shard = shard;
    mkdirSync(this.#folder, { recursive: true });
    for (const hour of this.#hours()) this.#index(hour);
  }

  /** Appends a record. @returns its sequence number, larger than every earlier one, even of records that are gone */
  append(partitionKey: string, data: string, nowMs: number): string {
    const arrivedAtMs = Math.max(nowMs, this.#places.at(-1)?.arrivedAtMs ?? 0);
    const count = BigInt(arrivedAtMs) * 1_000_000n;
    this.#lastCount = count > this.#lastCount ? count : this.#lastCount + 1n;
    const sequenceNumber = `49${String(this.#shard).padStart(10, '0')}${String(this.#lastCount).padStart(44, '0')}`;
    const hour = Math.floor(arrivedAtMs / HOUR_MS);
    const line = `${JSON.stringify({ sequenceNumber, arrivedAtMs, partitionKey, data } satisfies ShardRecord)}\n`;
    const sizeBytes = Buffer.byteLength(line);
    const previous = this.#places.at(-1);
    const at = previous?.file === hour ? previous.at + previous.sizeBytes : 0;
    writeSync(this.#open(hour), line, at);
    this.#places.push({ sequenceNumber, arrivedAtMs, file: hour, at, sizeBytes });
    return sequenceNumber;
  }

  /** Records after a sequence number (from the first one for null), at most `limit` and `maxBytes` of lines, but one. */
  read(after: string | null, limit: number, maxBytes: number): readonly ShardRecord[] {
    const records: ShardRecord[] = [];
    let sizeBytes = 0;
    for (let i = this.#firstAfter(after); i < this.#places.length && records.length < limit; i++) {
      const place = this.#places[i]!;
      sizeBytes += place.sizeBytes;
      if (sizeBytes > maxBytes && records.length > 0) break;
      records.push(this.#recordAt(place));
    }
    return records;
  }

  /** Sequence number of the last record that arrived before an instant; null when there is none. */
  lastBefore(instantMs: number): string | null {
    return this.#places.findLast(({ arrivedAtMs }) => arrivedAtMs < instantMs)?.sequenceNumber ?? null;
  }

  get last(): string | null {
    return this.#places.at(-1)?.sequenceNumber ?? null;
  }

  /** When the first record after a sequence number arrived; null when there is none. */
  arrivalAfter(after: string | null): number | null {
    return this.#places[this.#firstAfter(after)]?.arrivedAtMs ?? null;
  }

  /** Forgets records that arrived before an instant. */
  trim(beforeMs: number): void {
    const kept = this.#places.findIndex(({ arrivedAtMs }) => arrivedAtMs >= beforeMs);
    const gone = kept === -1 ? this.#places.length : kept;
    if (gone === 0) return;
    this.#places = this.#places.slice(gone);
    for (const hour of this.#hours()) {
      if ((hour + 1) * HOUR_MS > beforeMs) continue;
      this.#close(hour);
      rmSync(this.#path(hour), { force: true });
    }
  }

  close(): void {
    for (const hour of [...this.#files.keys()]) this.#close(hour);
  }

  /** Place in the index of the first record after a sequence number, by halving. */
  #firstAfter(after: string | null): number {
    if (after === null) return 0;
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#places[middle]!.sequenceNumber <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #recordAt(place: Place): ShardRecord {
    const line = Buffer.alloc(place.sizeBytes);
    readSync(this.#open(place.file), line, 0, place.sizeBytes, place.at);
    return JSON.parse(line.toString('utf8')) as ShardRecord; // written by append
  }

  /** A last line without its end was never acknowledged, and is cut off. */
  #index(hour: number): void {
    const bytes = readFileSync(this.#path(hour));
    truncateSync(this.#path(hour), bytes.lastIndexOf(10) + 1);
    for (let at = 0, end = bytes.indexOf(10); end !== -1; at = end + 1, end = bytes.indexOf(10, at)) {
      const record = JSON.parse(bytes.toString('utf8', at, end)) as ShardRecord; // written by append
      const { sequenceNumber, arrivedAtMs } = record;
      this.#places.push({ sequenceNumber, arrivedAtMs, file: hour, at, sizeBytes: end + 1 - at });
      this.#lastCount = BigInt(sequenceNumber.slice(12));
    }
  }

  #hours(): number[] {
    return readdirSync(this.#folder)
      .map((name) => Number(name.replace('.jsonl', '')))
      .sort((a, b) => a - b);
  }

  #path(hour: number): string {
    return join(this.#folder, `${hour}.jsonl`);
  }

  #open(hour: number): number {
    const file = this.#files.get(hour) ?? openSync(this.#path(hour), constants.O_RDWR | constants.O_CREAT);
    this.#files.set(hour, file);
    return file;
  }

  #close(hour: number): void {
    const file = this.#files.get(hour);
    if (file !== undefined) closeSync(file);
    this.#files.delete(hour);
  }
}
