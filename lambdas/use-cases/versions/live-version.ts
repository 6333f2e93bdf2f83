import { ConflictError, NotFoundError } from '../../../core/errors.ts';
import type { LiveVersion, ViewVersions } from '../../ports/view-versions.ts';

/**
 * The live version of a view that is meant: the one named, or the current one.
 *
 * @throws NotFoundError for a view without a live version, or without a current one when none is named
 * @throws ConflictError when the version named is not live
 */
export async function liveVersion(versions: ViewVersions, view: string, version?: string): Promise<LiveVersion> {
  const live = await versions.live();
  const ofView = live.filter(({ resolved }) => resolved.view.name === view);
  const found = ofView.find((one) => (version === undefined ? one.isCurrent : one.resolved.version === version));
  if (found !== undefined) return found;
  if (version === undefined || ofView.length === 0) {
    const known = live.filter(({ isCurrent }) => isCurrent).map(({ resolved }) => resolved.view.name);
    throw new NotFoundError('feature view', view, known, removedHint(ofView));
  }
  const names = ofView.map(({ resolved }) => resolved.version).join(', ');
  throw new ConflictError(`version ${version} of view ${view} is not live; live are ${names}`, { view, version });
}

function removedHint(ofView: readonly LiveVersion[]): string {
  const versions = ofView.map(({ resolved }) => resolved.version).join(', ');
  return versions === '' ? '' : `it is no longer defined; versions ${versions} are kept for releases, name one`;
}
