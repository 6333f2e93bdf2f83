import type { RetrainingCause } from './retraining.ts';

const MAX_CAUSES = 8;

/**
 * The causes there are and those of the new ones that say something new: each kind is there once, as it was first seen, and each
 * request of a person. A scan that sees the same drift again adds nothing, and neither does a request too many: both
 * are answered by the same training. A new kind always finds a place, if need be that of the last person, since what a
 * retraining was for decides whether it helped.
 */
export function mergeCauses(
  there: readonly RetrainingCause[],
  more: readonly RetrainingCause[],
): readonly RetrainingCause[] {
  let all = there;
  for (const cause of more) {
    const isThere = all.some((one) =>
      cause.kind === 'person' ? one.requestId === cause.requestId : one.kind === cause.kind,
    );
    if (isThere) continue;
    const lastPerson = all.findLastIndex(({ kind }) => kind === 'person');
    if (all.length < MAX_CAUSES) all = [...all, cause];
    else if (cause.kind !== 'person' && lastPerson !== -1) all = all.with(lastPerson, cause);
  }
  return all;
}
