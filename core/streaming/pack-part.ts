import { BugError, unreachable } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { StreamSlot } from './stream-layout.ts';
import type { KnownValue, TilePart } from './tile-part.ts';

/** Writes a part; its slot says how to read it again. */
export function writePart(to: ByteWriter, slot: StreamSlot, part: TilePart): void {
  switch (part.kind) {
    case 'counted':
      to.whole(part.count);
      break;
    case 'added':
      to.whole(part.count);
      to.big(part.total);
      break;
    case 'least':
    case 'greatest':
      writeValue(to, slot, part.value);
      break;
    case 'newest': {
      const { eventTimeMs, knownAtMs, loadedAtMs, seq } = part.times;
      writeValue(to, slot, part.value);
      to.whole(eventTimeMs);
      to.whole(knownAtMs - eventTimeMs);
      to.whole(loadedAtMs - knownAtMs);
      to.whole(seq);
    }
  }
}

export function readPackedPart(from: ByteReader, slot: StreamSlot): TilePart {
  const { kind } = slot;
  switch (kind) {
    case 'counted':
      return { kind, count: from.whole() };
    case 'added':
      return { kind, count: from.whole(), total: from.big() };
    case 'least':
    case 'greatest':
      return { kind, value: readValue(from, slot) };
    case 'newest': {
      const value = readValue(from, slot);
      const eventTimeMs = from.whole();
      const knownAtMs = eventTimeMs + from.whole();
      const loadedAtMs = knownAtMs + from.whole();
      return { kind, value, times: { eventTimeMs, knownAtMs, loadedAtMs, seq: from.whole() } };
    }
  }
}

function writeValue(to: ByteWriter, { type }: StreamSlot, value: KnownValue): void {
  if (type === 'float64' && typeof value === 'number') to.float64(value);
  else if ((type === 'int64' || type === 'timestamp') && typeof value === 'number') to.whole(value);
  else if (type === 'boolean' && typeof value === 'boolean') to.byte(value ? 1 : 0);
  else if (type === 'string' && typeof value === 'string') to.text(value);
  else throw new BugError(`a slot of type ${type} was given another ${typeof value}`);
}

function readValue(from: ByteReader, { type }: StreamSlot): KnownValue {
  switch (type) {
    case 'float64':
      return from.float64();
    case 'int64':
    case 'timestamp':
      return from.whole();
    case 'boolean':
      return from.byte() === 1;
    case 'string':
      return from.text();
    default:
      return unreachable(type);
  }
}
