import type { Retraining, RetrainingState } from './retraining.ts';

/**
 * The newest retrainings of which each did not help, newest first, back to one that did or to when a person last
 * looked. Those of which it is not known stand between them and count for neither.
 */
export function unhelpfulInARow({ retrainings, countedFrom }: RetrainingState): readonly Retraining[] {
  const fromMs = countedFrom === null ? Number.NEGATIVE_INFINITY : Date.parse(countedFrom);
  const counted = retrainings.filter(({ startedAt }) => Date.parse(startedAt) >= fromMs);
  const lastHelp = counted.findIndex(({ helped }) => helped === true);
  return (lastHelp === -1 ? counted : counted.slice(0, lastHelp)).filter(({ helped }) => helped === false);
}
