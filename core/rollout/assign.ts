import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Route } from '../release/route.ts';

/** What a draw decides: who answers, or whether the shadow is asked as well. */
export type Draw = 'challenger' | 'shadow';

/**
 * Where a unit lies in a rollout, uniform in [0, 1): in a share s are the units below s, so that a growing share keeps
 * who was in. The same unit lies elsewhere in another rollout, and in the other draw of the same rollout.
 *
 * The first 52 bits of SHA-256 over `<rolloutId>\n<draw>\n<unitKey>` in UTF-8, over 2^52: anyone can compute it again. It
 * never changes: a rollout may begin on one version of the platform and end on the next.
 * Checked by: test/unit/rollout/assign.test.ts (values of another SHA-256), test/property/rollout/assign.test.ts.
 */
export function bucketOf(rolloutId: string, unitKey: string, draw: Draw = 'challenger'): number {
  const digest = sha256(utf8ToBytes(`${rolloutId}\n${draw}\n${unitKey}`));
  const view = new DataView(digest.buffer, digest.byteOffset);
  return (view.getUint32(0) * 2 ** 20 + (view.getUint32(4) >>> 12)) / 2 ** 52;
}

/** Who answers a unit by a route. */
export function armOf({ challenger }: Pick<Route, 'challenger'>, unitKey: string): 'champion' | 'challenger' {
  if (challenger === null) return 'champion';
  return bucketOf(challenger.rolloutId, unitKey) < challenger.share ? 'challenger' : 'champion';
}

/** Whether the shadow of a route is asked the same as whoever answers the unit. */
export function isShadowed({ shadow }: Pick<Route, 'shadow'>, unitKey: string): boolean {
  return shadow !== null && bucketOf(shadow.rolloutId, unitKey, 'shadow') < shadow.share;
}
