import type { FeatureRef } from '../definitions/feature-view.ts';
import { InvalidInputError } from '../errors.ts';

/** A feature of a view, perhaps of one version of it. */
export interface PinnedRef extends FeatureRef {
  /** Null for the current one. */
  readonly version: string | null;
}

const REF = /^([a-z][a-z0-9_]*)(?:@(latest|[0-9a-f]{12}))?:([a-z][a-z0-9_]*)$/;

/** @throws InvalidInputError for anything but `view:feature`, `view@version:feature` and `view@latest:feature` */
export function parseFeatureRef(ref: string): PinnedRef {
  const [, view, version, feature] = REF.exec(ref) ?? [];
  if (view === undefined || feature === undefined) {
    throw new InvalidInputError(
      `"${ref.slice(0, 100)}" is no feature reference; write view:feature, or view@version:feature with the 12 digits of a version`,
      { ref },
    );
  }
  return { view, feature, version: version === undefined || version === 'latest' ? null : version };
}

/** Whether a reference names a version. */
export function isPinned(ref: string): boolean {
  return ref.includes('@');
}
