import type { StreamLayout } from './stream-layout.ts';
import { mergeParts, type TilePart } from './tile-part.ts';

/** The rows of one tile that came by one instant. */
export interface StreamCell {
  /** End of the tile, inclusive: it holds event times after `tileMs` - tile. */
  readonly tileMs: number;
  /** Before then the rows do not count yet; null when they have begun to. */
  readonly fromMs: number | null;
  /** In the order of the layout's slots; null where no row takes part or all windows are past. */
  readonly parts: readonly (TilePart | null)[];
}

/** Cells of one tile and instant as one. */
export function addParts(layout: StreamLayout, cells: readonly StreamCell[]): readonly StreamCell[] {
  const merged = new Map<string, StreamCell>();
  for (const cell of cells) {
    const id = `${cell.tileMs} ${cell.fromMs}`;
    const there = merged.get(id);
    const parts = there && layout.slots.map((_, s) => mergeParts(there.parts[s] ?? null, cell.parts[s] ?? null));
    merged.set(id, parts === undefined ? cell : { ...cell, parts });
  }
  return [...merged.values()];
}

/**
 * The cells as they count from now on, in order: those that have begun by tile alone, and nothing of what has left
 * every window that reads it. What begins later stays, so that it is known when.
 */
export function withoutDead(layout: StreamLayout, cells: readonly StreamCell[], nowMs: number): readonly StreamCell[] {
  const living = cells.map(({ tileMs, fromMs, parts }): StreamCell => {
    const isPending = fromMs !== null && fromMs > nowMs;
    const atMs = isPending ? fromMs : nowMs;
    return {
      tileMs,
      fromMs: isPending ? fromMs : null,
      parts: parts.map((part, s) => (tileMs + layout.slots[s]!.longestMs > atMs ? part : null)),
    };
  });
  const kept = living.filter(({ fromMs, parts }) => fromMs !== null || parts.some((part) => part !== null));
  return [...addParts(layout, kept)].sort(
    (a, b) => a.tileMs - b.tileMs || (a.fromMs ?? -Infinity) - (b.fromMs ?? -Infinity),
  );
}
