import type { Evidence, Verdict } from './verdict.ts';

export type FindingState = 'within' | 'beyond' | 'undecided' | 'left-out';

/** What a gate that looks at many things found of one of them. */
export interface Finding {
  readonly state: FindingState;
  /** How far on the right side of its limit; negative beyond it. Orders findings of one state. */
  readonly distance: number;
  readonly evidence: Evidence;
  readonly because: string;
}

const ORDER: readonly FindingState[] = ['beyond', 'undecided', 'within', 'left-out'];
const MAX_REASONS = 3;

/**
 * One thing beyond its limit fails, one that is undecided makes it inconclusive, and nothing within is no pass. The
 * evidence comes worst first, cut off after `maxTold`.
 */
export function verdictOf(findings: readonly Finding[], maxTold: number): Verdict {
  const sorted = [...findings].sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.distance - b.distance,
  );
  const told = sorted.slice(0, maxTold).map(({ evidence }) => evidence);
  const untold = sorted.length - told.length;
  const first = told[0];
  const evidence =
    untold === 0 || first === undefined
      ? told
      : [
          { ...first, note: [first.note, `and ${untold} more that are no worse`].filter(Boolean).join('; ') },
          ...told.slice(1),
        ];
  for (const [state, outcome] of [
    ['beyond', 'fail'],
    ['undecided', 'inconclusive'],
  ] as const) {
    const found = sorted.filter((finding) => finding.state === state);
    if (found.length === 0) continue;
    const more = found.length > MAX_REASONS ? `; and ${found.length - MAX_REASONS} more` : '';
    const reasons = found.slice(0, MAX_REASONS).map(({ because }) => because);
    return { outcome, evidence, because: `${reasons.join('; ')}${more}` };
  }
  if (sorted.some(({ state }) => state === 'within')) return { outcome: 'pass', evidence };
  return { outcome: 'inconclusive', evidence, because: 'nothing was measured' };
}
