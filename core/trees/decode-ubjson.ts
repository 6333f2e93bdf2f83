import { corruptModel } from './model-file-error.ts';

/**
 * Reads Universal Binary JSON, which XGBoost writes when a model file has no `.json` extension.
 *
 * 64-bit integers come back as numbers; XGBoost keeps none that a number can not hold.
 * Source: ubjson.org, draft 12. Checked by: test/reference/xgboost-ubjson.json.
 *
 * @throws CorruptDataError when the bytes end early or a marker is unknown
 */
export function decodeUbjson(bytes: Uint8Array): unknown {
  const reader = new UbjsonReader(bytes);
  const value = reader.value(reader.marker());
  reader.end();
  return value;
}

class UbjsonReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  marker(): string {
    return String.fromCharCode(this.#bytes[this.#take(1)]!);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw corruptModel(`byte ${this.#at}`, 'is past the end of the document');
  }

  value(marker: string): unknown {
    switch (marker) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case 'S':
        return this.#text();
      case 'C':
        return this.marker();
      case 'T':
        return true;
      case 'F':
        return false;
      case 'Z':
        return null;
      default:
        return this.#number(marker);
    }
  }

  #number(marker: string): number {
    const view = this.#view;
    switch (marker) {
      case 'i':
        return view.getInt8(this.#take(1));
      case 'U':
        return view.getUint8(this.#take(1));
      case 'I':
        return view.getInt16(this.#take(2));
      case 'l':
        return view.getInt32(this.#take(4));
      case 'L':
        return Number(view.getBigInt64(this.#take(8)));
      case 'd':
        return view.getFloat32(this.#take(4));
      case 'D':
        return view.getFloat64(this.#take(8));
      default:
        throw corruptModel(`byte ${this.#at - 1}`, `has the unknown marker ${JSON.stringify(marker)}`);
    }
  }

  #object(): Record<string, unknown> {
    const { type, count } = this.#header();
    const members: [string, unknown][] = [];
    while (count === undefined ? !this.#ends('}') : members.length < count) {
      const name = this.#text();
      members.push([name, this.value(type ?? this.marker())]);
    }
    return Object.fromEntries(members);
  }

  #array(): unknown[] {
    const { type, count } = this.#header();
    const values: unknown[] = [];
    while (count === undefined ? !this.#ends(']') : values.length < count)
      values.push(this.value(type ?? this.marker()));
    return values;
  }

  /** The optional `$type` and `#count` after an opening bracket; a counted container has no closing one. */
  #header(): { type?: string; count?: number } {
    const type = this.#ends('$') ? this.marker() : undefined;
    if (!this.#ends('#')) {
      if (type !== undefined) throw corruptModel(`byte ${this.#at}`, 'has an element type without a count');
      return {};
    }
    const count = this.#length();
    return type === undefined ? { count } : { type, count };
  }

  #ends(marker: string): boolean {
    if (this.#at >= this.#bytes.length) throw corruptModel(`byte ${this.#at}`, 'is past the end of the file');
    if (this.#bytes[this.#at] !== marker.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  #length(): number {
    const length = this.#number(this.marker());
    // every element has at least one byte, save for typed lists of T, F or Z, which XGBoost does not write
    if (length < 0 || length > this.#bytes.length - this.#at) {
      throw corruptModel(`byte ${this.#at}`, `announces ${length} elements, more than the file has bytes`);
    }
    return length;
  }

  #text(): string {
    const length = this.#length();
    const start = this.#take(length);
    let escaped = '';
    for (let i = start; i < start + length; i++) escaped += `%${this.#bytes[i]!.toString(16).padStart(2, '0')}`;
    try {
      return decodeURIComponent(escaped);
    } catch (cause) {
      throw corruptModel(`byte ${start}`, `is not UTF-8 text (${String(cause)})`);
    }
  }

  #take(size: number): number {
    const start = this.#at;
    if (start + size > this.#bytes.length) throw corruptModel(`byte ${start}`, 'is past the end of the file');
    this.#at += size;
    return start;
  }
}
