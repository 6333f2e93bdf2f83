import type { Value } from '../definitions/value-type.ts';
import type { StreamLayout } from './stream-layout.ts';
import type { StreamState } from './stream-state.ts';
import { mergeParts, readPart, type TilePart } from './tile-part.ts';

export interface StreamValues {
  /** In the order of the view's features. */
  readonly values: readonly Value[];
  /** When the newest row came that counts. */
  readonly newestMs: number;
}

/**
 * The values of a streamed view at an instant, not before that of the last write. Null while the entity has no row that
 * counts, or its state is not complete.
 *
 * Cost: tiles × slots.
 */
export function readStream(layout: StreamLayout, state: StreamState, atMs: number): StreamValues | null {
  const cells = [...state.base, ...state.spans.flatMap((span) => span.cells)].filter(
    ({ fromMs }) => fromMs === null || fromMs <= atMs,
  );
  const newestMs = cells.reduce(
    (newest, { fromMs }) => Math.max(newest, fromMs ?? -Infinity),
    state.newestMs ?? -Infinity,
  );
  if (!state.isComplete || newestMs === -Infinity) return null;
  const values = layout.features.map((feature) => {
    const slot = layout.slots[feature.slot]!;
    let part: TilePart | null = null;
    for (const { tileMs, parts } of cells) {
      if (atMs < tileMs + feature.windowMs) part = mergeParts(part, parts[feature.slot] ?? null);
    }
    return readPart(feature, slot, part);
  });
  return { values, newestMs };
}
