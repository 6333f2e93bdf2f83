import { hexToBytes } from '@noble/hashes/utils.js';
import { CorruptDataError } from '../errors.ts';
import { utf8Text } from '../utf8-text.ts';
import type { StreamLayout, StreamSlot } from './stream-layout.ts';
import type { StreamBase } from './stream-state.ts';
import { addParts, type StreamCell } from './tile-cells.ts';
import type { KnownValue, TilePart } from './tile-part.ts';

/** Run of the rows in the base. */
const IN_BASE = 0;

/** A row of an export, as `streamBaseSql` writes it. */
export interface ExportedBase {
  readonly newestMs: number | null;
  readonly tiles: string;
  readonly events: string;
}

/** Reads what an export says of one entity. @throws CorruptDataError when it says what no export does */
export function readBase(layout: StreamLayout, toMs: number, { newestMs, tiles, events }: ExportedBase): StreamBase {
  const byRun = new Map<number, StreamCell[]>();
  for (const text of tiles === '' ? [] : tiles.split(';')) {
    const [run = '', tile = '', from = '', ...slots] = text.split(',');
    if (slots.length !== layout.slots.length) throw corrupt(layout, text);
    const cell: StreamCell = {
      tileMs: whole(layout, tile),
      fromMs: from === '' ? null : whole(layout, from),
      parts: layout.slots.map((slot, s) => (slots[s] === '' ? null : partOfText(layout, slot, slots[s] ?? ''))),
    };
    const loadedAtMs = whole(layout, run);
    byRun.set(loadedAtMs, [...(byRun.get(loadedAtMs) ?? []), cell]);
  }
  const runs = [...byRun].map(([loadedAtMs, cells]) => ({ loadedAtMs, cells }));
  return {
    toMs,
    newestMs,
    cells: addParts(layout, byRun.get(IN_BASE) ?? []),
    runs: runs.filter(({ loadedAtMs }) => loadedAtMs !== IN_BASE),
    events: events === '' ? [] : events.split(',').map((name) => BigInt(`0x${name}`)),
  };
}

function partOfText(layout: StreamLayout, slot: StreamSlot, text: string): TilePart {
  const [value = '', ...more] = text.split(':');
  const { kind } = slot;
  switch (kind) {
    case 'counted':
      return { kind, count: whole(layout, value) };
    case 'added':
      return { kind, count: whole(layout, value), total: BigInt(more[0] ?? '') };
    case 'least':
    case 'greatest':
      return { kind, value: valueOfText(layout, slot, value) };
    case 'newest': {
      const [eventTimeMs, knownAtMs, loadedAtMs, seq] = [0, 1, 2, 3].map((i) => whole(layout, more[i] ?? ''));
      const times = { eventTimeMs: eventTimeMs!, knownAtMs: knownAtMs!, loadedAtMs: loadedAtMs!, seq: seq! };
      return { kind, value: valueOfText(layout, slot, value), times };
    }
  }
}

function valueOfText(layout: StreamLayout, { type }: StreamSlot, text: string): KnownValue {
  switch (type) {
    case 'string':
      return utf8Text(hexToBytes(text.slice(1)));
    case 'boolean':
      return text === 'true';
    case 'float64': {
      const value = Number(text);
      if (text === '' || !Number.isFinite(value)) throw corrupt(layout, text);
      return value;
    }
    case 'int64':
    case 'timestamp':
      return whole(layout, text);
  }
}

function whole(layout: StreamLayout, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value)) throw corrupt(layout, text);
  return value;
}

function corrupt({ view }: StreamLayout, text: string): CorruptDataError {
  return new CorruptDataError(
    `the exported tiles of view ${view} cannot be read at a part of ${text.length} characters`,
    { view },
  );
}
