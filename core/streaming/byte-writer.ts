import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Below it twice a number is exact. */
const SMALL = 2 ** 52;

/** Appends values to a growing buffer. Whole numbers take as few bytes as they need, seven bits in each. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #at = 0;

  /** A whole number of magnitude up to 2^53 - 1. Positive and negative ones take turns, so that small ones are short. */
  whole(value: number): void {
    if (Math.abs(value) < SMALL) this.#short(value);
    else this.#long(BigInt(value));
  }

  /** As `whole`, of any magnitude. */
  big(value: bigint): void {
    const near = Number(value);
    if (Math.abs(near) < SMALL) this.#short(near);
    else this.#long(value);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  float64(value: number): void {
    this.#room(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  uint64(value: bigint): void {
    this.#room(8);
    new DataView(this.#bytes.buffer).setBigUint64(this.#at, value, true);
    this.#at += 8;
  }

  text(value: string): void {
    const bytes = utf8ToBytes(value);
    this.whole(bytes.byteLength);
    this.#room(bytes.byteLength);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.byteLength;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  #short(value: number): void {
    let left = value < 0 ? -value * 2 - 1 : value * 2;
    while (left >= 0x80) {
      this.byte((left % 0x80) | 0x80);
      left = Math.floor(left / 0x80);
    }
    this.byte(left);
  }

  #long(value: bigint): void {
    let left = value < 0n ? -value * 2n - 1n : value * 2n;
    while (left >= 0x80n) {
      this.byte(Number(left & 0x7fn) | 0x80);
      left >>= 7n;
    }
    this.byte(Number(left));
  }

  #room(size: number): void {
    if (this.#at + size <= this.#bytes.byteLength) return;
    const larger = new Uint8Array(Math.max(this.#bytes.byteLength * 2, this.#at + size));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
