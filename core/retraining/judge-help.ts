import { isDegraded, isDrifting, type ScanFindings } from './causes.ts';
import type { Retraining } from './retraining.ts';
import { shortened } from './shortened.ts';

export interface HelpFacts {
  /** The newest scan; null when there was none. */
  readonly scan: ScanFindings | null;
  readonly championId: string | null;
  /** What took the release's place; null while it answers. */
  readonly replacedBy: 'rollback' | 'release' | null;
  /** What the model has looked for. */
  readonly looksFor: { readonly drift: boolean; readonly performance: boolean };
}

export interface Help {
  /** Null when it will never be known. */
  readonly helped: boolean | null;
  readonly because: string;
}

/**
 * Whether a promoted retraining helped: what caused it is gone in the first scans of its release that can tell, and its
 * release does not fall short of its own evaluation. Drift that it was not to end, and that goes on, speaks neither for it nor
 * against it. Null while that can not be told: there is no scan of the release yet,
 * it has too few rows, drift has not shown that it persists, or an outage is in the way.
 */
export function judgeHelp({ releaseId, causes }: Retraining, facts: HelpFacts): Help | null {
  const { scan, looksFor } = facts;
  if (facts.championId !== releaseId) {
    if (facts.replacedBy === 'rollback') return { helped: false, because: 'its release was taken back' };
    return { helped: null, because: 'another release took its place before a scan could tell' };
  }
  if (!looksFor.drift && !looksFor.performance) {
    return {
      helped: true,
      because: 'its rollout found it no worse than the release before; nothing else is looked at',
    };
  }
  if (scan === null || scan.releaseId !== releaseId) return null;
  if (scan.health.outcome === 'unhealthy' || scan.diagnosis.kind === 'outage') return null;
  const { drift, performance } = scan;
  if (isDegraded(scan))
    return { helped: false, because: `its release is degraded: ${shortened(performance?.because ?? '')}` };
  const was = (kind: string) => causes.some((cause) => cause.kind === kind);
  if (isDrifting(scan))
    return { helped: was('drift') ? false : null, because: `it drifts on: ${shortened(drift?.because ?? '')}` };

  const isCalm = drift?.outcome === 'stable';
  const isHolding = performance?.outcome === 'holding';
  const isToldOf = (kind: string, isLookedFor: boolean, isTold: boolean) => !was(kind) || !isLookedFor || isTold;
  const isTold = isToldOf('drift', looksFor.drift, isCalm) && isToldOf('degradation', looksFor.performance, isHolding);
  if (!isTold || !(isCalm || isHolding)) return null;
  const said = [isCalm ? drift?.because : undefined, isHolding ? performance?.because : undefined];
  return { helped: true, because: shortened(said.filter((text) => text !== undefined).join('; ')) };
}
