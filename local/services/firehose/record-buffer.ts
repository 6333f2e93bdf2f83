import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** One record of a stream. */
export interface BufferedRecord {
  readonly data: Buffer;
  readonly arrivedAt: Date;
}

/**
 * A file that records are appended to before they are acknowledged, one line each. Its name tells when it was opened
 * and carries an id; what is delivered from it is named after both, so a delivery that is repeated after a crash
 * replaces its own objects.
 */
export class RecordBuffer {
  readonly id: string;
  readonly openedAt: Date;
  readonly #path: string;
  readonly #file: number;
  #sizeBytes = 0;
  #count = 0;

  constructor(folder: string, openedAt: Date) {
    mkdirSync(folder, { recursive: true });
    this.id = randomUUID();
    this.openedAt = openedAt;
    this.#path = join(folder, `${openedAt.getTime()}_${this.id}.records`);
    this.#file = openSync(this.#path, 'a');
  }

  get path(): string {
    return this.#path;
  }

  /** Bytes of data, without the framing. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Hands the records to the operating system in one write: a killed process loses none of them. */
  append(records: readonly Uint8Array[], arrivedAt: Date): string[] {
    const lines = records.map((data) => `${arrivedAt.getTime()} ${Buffer.from(data).toString('base64')}\n`);
    writeSync(this.#file, lines.join(''));
    return records.map((data) => {
      this.#sizeBytes += data.length;
      this.#count++;
      return `${this.id}${String(this.#count).padStart(12, '0')}`;
    });
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A buffer that takes no more records. */
export interface SealedBuffer {
  readonly path: string;
  readonly id: string;
  readonly openedAt: Date;
}

/** Buffers that lie in a stream's folder, oldest first: what a killed region left. */
export function sealedBuffers(folder: string): SealedBuffer[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const [, openedMs, id] = /^(\d+)_(.+)\.records$/.exec(name) ?? [];
      return id === undefined ? [] : [{ path: join(folder, name), id, openedAt: new Date(Number(openedMs)) }];
    });
}

/** Records of a buffer. A last line without its end was never acknowledged, and is left out. */
export function readBuffer({ path }: SealedBuffer): BufferedRecord[] {
  const text = readFileSync(path, 'latin1');
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  return lines.map((line) => {
    const space = line.indexOf(' ');
    return { arrivedAt: new Date(Number(line.slice(0, space))), data: Buffer.from(line.slice(space + 1), 'base64') };
  });
}

export function removeBuffer({ path }: SealedBuffer): void {
  rmSync(path, { force: true });
}
