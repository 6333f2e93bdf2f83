import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { packStream, unpackStream } from '../../../core/streaming/pack-stream.ts';
import type { StreamLayout } from '../../../core/streaming/stream-layout.ts';
import { EMPTY_STATE, type StreamState } from '../../../core/streaming/stream-state.ts';
import type { OnlineChange, OnlineKey } from '../../ports/online-store.ts';

/** Key of the item that is there once every entity of a streamed view has been brought online. No entity is named so. */
export function streamMarker({ view, version }: Pick<ResolvedView, 'view' | 'version'>): OnlineKey {
  return { entity: 'hg_streamed', key: [], view: view.name, version };
}

/** A change of the tiles of one entity; the item is left as it is when nothing changes. */
export function tilesAfter(
  layout: StreamLayout,
  key: OnlineKey,
  next: (state: StreamState) => StreamState,
): OnlineChange {
  return {
    key,
    next: (stored) => {
      const state = next(stored === null ? EMPTY_STATE : unpackStream(layout, stored.values));
      const values = packStream(layout, state);
      if (stored !== null && isSame(values, stored.values)) return null;
      const newestMs = state.newestMs ?? 0;
      return { ...key, values, eventTimeMs: newestMs, knownAtMs: newestMs, expiresAtMs: null };
    },
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}
