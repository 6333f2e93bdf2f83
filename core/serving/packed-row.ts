import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Value, ValueType } from '../definitions/value-type.ts';
import { BugError, CorruptDataError, unreachable } from '../errors.ts';
import { utf8Text } from '../utf8-text.ts';

/**
 * How the online store holds the values of one view for one entity: a format byte (1), a bitmap that has bit i set
 * when value i is null, then the values that are not null in the order of the view's features, little-endian:
 * `float64` and `int64` 8 bytes, `timestamp` 8 bytes, `boolean` one, `string` its UTF-8 length (4 bytes) and bytes.
 * The names are not in it: the view's version in the item's key says which features these are.
 */
const FORMAT = 1;

export interface PackedColumn {
  readonly name: string;
  readonly type: ValueType;
}

/** @throws BugError when the values do not fit the columns: they were checked where they came in */
export function packRow(columns: readonly PackedColumn[], values: readonly Value[]): Uint8Array {
  if (values.length !== columns.length) throw new BugError(`${values.length} values for ${columns.length} columns`);
  const texts = values.map((value) => (typeof value === 'string' ? utf8ToBytes(value) : null));
  const bitmapBytes = Math.ceil(columns.length / 8);
  const sizes = values.map((value, i) => (value === null ? 0 : sizeOf(columns[i]!, texts[i] ?? null)));
  const bytes = new Uint8Array(1 + bitmapBytes + sizes.reduce((sum, size) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  bytes[0] = FORMAT;
  let at = 1 + bitmapBytes;
  columns.forEach((column, i) => {
    const value = values[i]!;
    if (value === null) bytes[1 + (i >> 3)]! |= 1 << (i & 7);
    else writeValue(view, bytes, at, column, value, texts[i] ?? null);
    at += sizes[i]!;
  });
  return bytes;
}

/** The inverse of `packRow`. @throws CorruptDataError when the bytes are no such row */
export function unpackRow(columns: readonly PackedColumn[], bytes: Uint8Array): readonly Value[] {
  if (bytes[0] !== FORMAT) throw corrupt(columns, bytes, `format ${bytes[0] ?? 'missing'}, known is ${FORMAT}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 1 + Math.ceil(columns.length / 8);
  const take = (count: number): number => {
    if (at + count > bytes.byteLength) throw corrupt(columns, bytes, 'it ends too early');
    at += count;
    return at - count;
  };
  take(0);
  const values = columns.map((column, i): Value => {
    if ((bytes[1 + (i >> 3)]! & (1 << (i & 7))) !== 0) return null;
    switch (column.type) {
      case 'float64':
        return view.getFloat64(take(8), true);
      case 'int64':
      case 'timestamp':
        return Number(view.getBigInt64(take(8), true));
      case 'boolean':
        return bytes[take(1)] === 1;
      case 'string': {
        const length = view.getUint32(take(4), true);
        const start = take(length);
        return utf8Text(bytes.subarray(start, start + length));
      }
      default:
        return unreachable(column.type);
    }
  });
  if (at !== bytes.byteLength) throw corrupt(columns, bytes, `${bytes.byteLength - at} bytes are left over`);
  return values;
}

function sizeOf(column: PackedColumn, text: Uint8Array | null): number {
  if (column.type === 'boolean') return 1;
  return text === null ? 8 : 4 + text.byteLength;
}

function writeValue(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  column: PackedColumn,
  value: string | number | boolean,
  text: Uint8Array | null,
): void {
  if (column.type === 'string' && text !== null) {
    view.setUint32(at, text.byteLength, true);
    bytes.set(text, at + 4);
  } else if (column.type === 'float64' && typeof value === 'number') {
    view.setFloat64(at, value, true);
  } else if ((column.type === 'int64' || column.type === 'timestamp') && Number.isSafeInteger(value)) {
    view.setBigInt64(at, BigInt(value), true);
  } else if (column.type === 'boolean' && typeof value === 'boolean') {
    view.setUint8(at, value ? 1 : 0);
  } else {
    throw new BugError(`column ${column.name} is ${column.type}, it was given another ${typeof value}`);
  }
}

function corrupt(columns: readonly PackedColumn[], bytes: Uint8Array, reason: string): CorruptDataError {
  return new CorruptDataError(`packed values of ${columns.length} features cannot be read: ${reason}`, {
    columns: columns.map((column) => column.name),
    sizeBytes: bytes.byteLength,
  });
}
