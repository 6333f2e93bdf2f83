import type { ValueType } from '../definitions/value-type.ts';
import type { StreamLayout, StreamSlot } from './stream-layout.ts';
import { REMEMBERED_EVENTS, SPAN_MS } from './stream-state.ts';

/** Text in a tile is counted with as many bytes; longer ones fit as long as the whole item does. */
const TEXT_BYTES = 64;

const VALUE_BYTES: Readonly<Record<ValueType, number>> = {
  float64: 8,
  int64: 8,
  timestamp: 8,
  boolean: 1,
  string: TEXT_BYTES + 1,
};

/** Load times of runs between two bases, at two bytes and more each. */
const APPLIED_BYTES = 32_000;

/** What tiles may take at most, so that late rows and busy entities still fit into an item of 400,000 bytes. */
export const MAX_TILE_BYTES = 200_000;

/**
 * Bytes that the tiles of one entity take when every tile has rows: those of the base, and those of the runs that come
 * until the next base. Late rows add to it, up to the same again.
 *
 * @param scheduleMs from one base to the next
 */
export function streamItemBytes(layout: StreamLayout, scheduleMs: number): number {
  const { tileMs, slots } = layout;
  const cellBytes = 2 + Math.ceil((slots.length + 1) / 8);
  const base = slots.reduce((sum, slot) => sum + (slot.longestMs / tileMs + 1) * partBytes(slot), 0);
  const baseCells = (layout.longestMs / tileMs + 1) * cellBytes;
  const spans = Math.ceil(scheduleMs / SPAN_MS) + 1;
  const tilesOfSpan = Math.ceil(SPAN_MS / tileMs) + 1;
  const spanCell = cellBytes + slots.reduce((sum, slot) => sum + partBytes(slot), 0);
  const events = REMEMBERED_EVENTS * 8;
  return Math.ceil(base + baseCells + spans * tilesOfSpan * spanCell + events + APPLIED_BYTES);
}

function partBytes({ kind, type }: StreamSlot): number {
  switch (kind) {
    case 'counted':
      return 3;
    case 'added':
      return 3 + 9;
    case 'least':
    case 'greatest':
      return VALUE_BYTES[type];
    case 'newest':
      return VALUE_BYTES[type] + 6 + 4 + 4 + 2;
  }
}
