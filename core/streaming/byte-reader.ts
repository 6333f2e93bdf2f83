import { CorruptDataError } from '../errors.ts';
import { utf8Text } from '../utf8-text.ts';

/** Reads what a `ByteWriter` wrote, in the same order. @throws CorruptDataError when the bytes end too early */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at: number;

  /** @param what names the bytes in messages */
  constructor(bytes: Uint8Array, what: string, from = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
    this.#at = from;
  }

  whole(): number {
    return this.#short() ?? Number(this.#long());
  }

  big(): bigint {
    const short = this.#short();
    return short === null ? this.#long() : BigInt(short);
  }

  /** A number of at most seven groups of seven bits, which is nearly every one and exact; null for a longer one. */
  #short(): number | null {
    let value = 0;
    let scale = 1;
    for (let at = this.#at; at < this.#at + 7; at++) {
      const byte = this.#bytes[at];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.#at = at + 1;
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
      scale *= 128;
    }
    return null;
  }

  #long(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return (value & 1n) === 0n ? value >> 1n : -((value + 1n) >> 1n);
    }
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  /** The next bytes as they lie there. */
  bytes(size: number): Uint8Array {
    const from = this.#take(size);
    return this.#bytes.subarray(from, from + size);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  text(): string {
    return utf8Text(this.bytes(this.whole()));
  }

  /** @throws CorruptDataError when bytes are left over */
  end(): void {
    const left = this.#bytes.byteLength - this.#at;
    if (left > 0) throw this.#corrupt(`${left} bytes are left over`);
  }

  #take(size: number): number {
    const from = this.#at;
    if (size < 0 || from + size > this.#bytes.byteLength) throw this.#corrupt('they end too early');
    this.#at += size;
    return from;
  }

  #corrupt(reason: string): CorruptDataError {
    return new CorruptDataError(`${this.#what} cannot be read: ${reason}`, { sizeBytes: this.#bytes.byteLength });
  }
}
