import type { ScanHealth } from './outage-within.ts';

/** What the parts of a scan found, as far as a diagnosis rests on it. */
export interface ScanFindings {
  /** Null when the model does not look for drift. */
  readonly drift: {
    readonly outcome: 'stable' | 'drifting' | 'not-computable';
    readonly because: string;
    readonly isPersistent: boolean;
    readonly columns: readonly {
      readonly column: string;
      readonly role: 'input' | 'prediction';
      readonly outcome: 'stable' | 'drifting' | 'not-computable';
    }[];
  } | null;
  /** Null when the model does not look at performance. */
  readonly performance: {
    readonly outcome: 'holding' | 'degraded' | 'not-computable';
    readonly because: string;
  } | null;
  readonly health: { readonly outcome: 'healthy' | 'unhealthy' | 'not-computable'; readonly because: string };
  /** The scan that found an outage of which the window still holds a part; null when there is none. See `outageWithin`. */
  readonly outage: ScanHealth | null;
}

export interface Diagnosis {
  readonly kind:
    | 'well'
    | 'input-drift'
    | 'prediction-drift'
    | 'degradation'
    | 'relation-changed'
    | 'outage'
    | 'unknown';
  /** In a sentence. */
  readonly because: string;
}

/**
 * What the findings mean together, and so whether training again can help.
 *
 * - `outage`: what feeds the model is not healthy, or was not in the window that differs. Whatever else was seen may come from
 *   that, and is not to be learned.
 * - `relation-changed`: worse answers to the inputs that were learned from; rows from before the change teach the old relation.
 * - `input-drift`: inputs differ persistently, or answers are worse where inputs differ; newer rows know these inputs.
 * - `prediction-drift`: only the answers differ persistently.
 * - `degradation`: worse answers, and nobody could say whether the inputs differ.
 * - `unknown`: nothing could be judged; a difference that is not persistent yet is `well`, and said.
 */
export function diagnose({ drift, performance, health, outage }: ScanFindings): Diagnosis {
  if (health.outcome === 'unhealthy') return { kind: 'outage', because: health.because };
  if (outage !== null && (drift?.outcome === 'drifting' || performance?.outcome === 'degraded')) {
    const what = drift?.outcome === 'drifting' ? drift.because : performance?.because;
    return {
      kind: 'outage',
      because: `the window still holds what an outage left (${outage.health.because}): ${what}`,
    };
  }
  const drifting = drift?.columns.filter(({ outcome }) => outcome === 'drifting') ?? [];
  const inputs = [...new Set(drifting.filter(({ role }) => role === 'input').map(({ column }) => column))];
  if (performance?.outcome === 'degraded') {
    const worse = performance.because;
    if (inputs.length > 0) return { kind: 'input-drift', because: `${worse}; drifting inputs: ${listed(inputs)}` };
    if (drift?.outcome === 'stable' || drift?.outcome === 'drifting') {
      return { kind: 'relation-changed', because: `${worse}; no input has drifted` };
    }
    const why = drift === null ? 'inputs are not compared' : `inputs could not be compared: ${drift.because}`;
    return { kind: 'degradation', because: `${worse}; ${why}` };
  }
  if (drift?.outcome === 'drifting' && drift.isPersistent) {
    const persistent = inputs.length > 0 ? 'input-drift' : 'prediction-drift';
    return { kind: persistent, because: drift.because };
  }
  if (drift?.outcome === 'drifting') {
    return { kind: 'well', because: `drift that is not persistent yet: ${drift.because}` };
  }
  const known = [drift?.outcome === 'stable' && drift, performance?.outcome === 'holding' && performance];
  const well = known.filter((one) => one !== false && one !== undefined);
  if (well.length > 0) return { kind: 'well', because: well.map(({ because }) => because).join('; ') };
  const whys = [drift, performance].flatMap((one) => (one === null ? [] : [one.because]));
  return { kind: 'unknown', because: whys.length > 0 ? whys.join('; ') : 'nothing was looked at' };
}

const MAX_LISTED = 5;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return `${names.slice(0, MAX_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
