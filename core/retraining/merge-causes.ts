import type { RetrainingCause } from './retraining.ts';

const MAX_CAUSES = 8;

/**
 * The causes there are and those of the new ones that say something new: each kind is there once, as it was first seen, and each
 * request of a person. A scan that sees the same drift again adds nothing, and neither does a request too many: both
 * are answered by the same training.
 */
export function mergeCauses(
  there: readonly RetrainingCause[],
  more: readonly RetrainingCause[],
): readonly RetrainingCause[] {
  const all = [...there];
  for (const cause of more) {
    const isThere = all.some((one) =>
      cause.kind === 'person' ? one.requestId === cause.requestId : one.kind === cause.kind,
    );
    if (!isThere && all.length < MAX_CAUSES) all.push(cause);
  }
  return all.length === there.length ? there : all;
}
