import { CorruptDataError } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readPackedPart, writePart } from './pack-part.ts';
import type { StreamLayout } from './stream-layout.ts';
import { SPAN_MS, type StreamState } from './stream-state.ts';
import type { StreamCell } from './tile-cells.ts';
import type { TilePart } from './tile-part.ts';

/** First byte of an item of tiles; items of plain values begin with another (`packRow`). */
const STREAM_FORMAT = 2;

/**
 * How the online store holds the tiles of one view for one entity: a format byte (2), whether it is complete, the times,
 * the runs and events it knows, then base and spans. Numbers of one list are written as what they are more than the one
 * before. A cell is its tile, a bitmap of the slots that hold something (the bit behind the last says that an instant
 * follows) and their parts.
 */
export function packStream(layout: StreamLayout, state: StreamState): Uint8Array {
  const to = new ByteWriter();
  to.byte(STREAM_FORMAT);
  to.byte((state.isComplete ? 1 : 0) | (state.newestMs === null ? 0 : 2));
  to.whole(state.baseToMs);
  if (state.newestMs !== null) to.whole(state.newestMs);
  let before = state.baseToMs;
  to.whole(state.applied.length);
  for (const loadedAtMs of state.applied) {
    to.whole(loadedAtMs - before);
    before = loadedAtMs;
  }
  to.whole(state.events.length);
  for (const event of state.events) to.uint64(event);
  writeCells(to, layout, state.base);
  to.whole(state.spans.length);
  for (const { toMs, cells } of state.spans) {
    to.whole(toMs / SPAN_MS);
    writeCells(to, layout, cells);
  }
  return to.bytes();
}

/** The inverse of `packStream`. @throws CorruptDataError when the bytes are no such state */
export function unpackStream(layout: StreamLayout, bytes: Uint8Array): StreamState {
  const what = `the tiles of view ${layout.view}`;
  if (bytes[0] !== STREAM_FORMAT) {
    throw new CorruptDataError(`${what} cannot be read: format ${bytes[0] ?? 'missing'}, known is ${STREAM_FORMAT}`);
  }
  const from = new ByteReader(bytes, what, 1);
  const list = <T>(read: () => T): readonly T[] => Array.from({ length: from.whole() }, read);
  const flags = from.byte();
  const baseToMs = from.whole();
  const newestMs = (flags & 2) === 0 ? null : from.whole();
  let before = baseToMs;
  const applied = list(() => {
    before += from.whole();
    return before;
  });
  const events = list(() => from.uint64());
  const base = readCells(from, layout);
  const spans = list(() => ({ toMs: from.whole() * SPAN_MS, cells: readCells(from, layout) }));
  from.end();
  return { isComplete: (flags & 1) !== 0, baseToMs, newestMs, base, spans, applied, events };
}

function writeCells(to: ByteWriter, layout: StreamLayout, cells: readonly StreamCell[]): void {
  let before = 0;
  to.whole(cells.length);
  for (const { tileMs, fromMs, parts } of cells) {
    const tile = tileMs / layout.tileMs;
    to.whole(tile - before);
    before = tile;
    const flags = [...parts.map((part) => part !== null), fromMs !== null];
    for (let at = 0; at < flags.length; at += 8) {
      to.byte(flags.slice(at, at + 8).reduce((bits, isSet, i) => bits | (isSet ? 1 << i : 0), 0));
    }
    if (fromMs !== null) to.whole(fromMs - tileMs);
    parts.forEach((part, s) => {
      if (part !== null) writePart(to, layout.slots[s]!, part);
    });
  }
}

function readCells(from: ByteReader, layout: StreamLayout): readonly StreamCell[] {
  const { slots } = layout;
  const bitmapBytes = Math.ceil((slots.length + 1) / 8);
  let tile = 0;
  const cells: StreamCell[] = [];
  for (let left = from.whole(); left > 0; left--) {
    tile += from.whole();
    const tileMs = tile * layout.tileMs;
    const bits = from.bytes(bitmapBytes);
    const isSet = (i: number) => (bits[i >> 3]! & (1 << (i & 7))) !== 0;
    const fromMs = isSet(slots.length) ? tileMs + from.whole() : null;
    const parts: (TilePart | null)[] = [];
    for (let s = 0; s < slots.length; s++) parts.push(isSet(s) ? readPackedPart(from, slots[s]!) : null);
    cells.push({ tileMs, fromMs, parts });
  }
  return cells;
}
