import type { RetrainingPolicy } from '../definitions/monitoring.ts';
import { durationText } from '../duration-text.ts';
import { lastEndMs, type RetrainingCause, type RetrainingState } from './retraining.ts';
import { shortened } from './shortened.ts';

/** What a scan of a release found, as far as retraining goes by it. */
export interface ScanFindings {
  readonly scanId: string;
  readonly releaseId: string;
  /** ISO 8601: end of what it looked at. */
  readonly at: string;
  readonly drift: { readonly outcome: string; readonly because: string; readonly isPersistent: boolean } | null;
  readonly performance: {
    readonly outcome: string;
    readonly because: string;
    readonly loss: { readonly since: string | null; readonly outcomes: number };
  } | null;
  readonly health: { readonly outcome: string; readonly because: string };
  readonly diagnosis: { readonly kind: string; readonly because: string };
}

export interface CauseFacts {
  readonly nowMs: number;
  /** Whoever looks: an execution, or the reconciler. */
  readonly actor: string;
  /** The newest scan; null when there was none. */
  readonly scan: ScanFindings | null;
  /** The release that answers; nothing trains a model by itself that a person has never trained. */
  readonly championId: string | null;
  /** When the newest training began, in this log or before there was one; null when that is not known. */
  readonly lastTrainingMs: number | null;
  /** Rows of the label's source that came since; null when that is not known. */
  readonly newRows: number | null;
}

/** What speaks for training again now. A scan of another release, or of before the last one ended, says nothing. */
export function causesOf(
  policy: RetrainingPolicy,
  state: RetrainingState,
  facts: CauseFacts,
): readonly RetrainingCause[] {
  if (facts.championId === null) return [];
  const at = new Date(facts.nowMs).toISOString();
  const cause = (kind: RetrainingCause['kind'], because: string, scanId: string | null = null): RetrainingCause => ({
    kind,
    at,
    because,
    actor: facts.actor,
    scanId,
    requestId: null,
  });
  const causes: RetrainingCause[] = [];
  const scan = currentScan(state, facts);
  if (scan !== null) {
    const { drift, performance, scanId } = scan;
    if (policy.on.drift && isDrifting(scan))
      causes.push(cause('drift', `drift: ${shortened(drift?.because ?? '')}`, scanId));
    if (policy.on.degradation && isDegraded(scan)) {
      causes.push(cause('degradation', `degradation: ${shortened(performance?.because ?? '')}`, scanId));
    }
  }
  const { everyMs, newRows } = policy.on;
  const { lastTrainingMs } = facts;
  if (everyMs !== null && lastTrainingMs !== null && facts.nowMs - lastTrainingMs >= everyMs) {
    const last = new Date(lastTrainingMs).toISOString();
    causes.push(cause('schedule', `schedule: every ${durationText(everyMs)}, and the last training began at ${last}`));
  }
  if (newRows !== null && facts.newRows !== null && facts.newRows >= newRows) {
    const because = `new data: ${facts.newRows} rows of the label's source since the last training, of ${newRows}`;
    causes.push(cause('new-data', because));
  }
  return causes;
}

/** The newest scan when it speaks of the release that answers, as it is since the last retraining ended; otherwise null. */
export function currentScan(
  state: RetrainingState,
  { scan, championId }: Pick<CauseFacts, 'scan' | 'championId'>,
): ScanFindings | null {
  if (scan === null || scan.releaseId !== championId) return null;
  return Date.parse(scan.at) > (lastEndMs(state) ?? Number.NEGATIVE_INFINITY) ? scan : null;
}

export function isDrifting({ drift }: ScanFindings): boolean {
  return drift !== null && drift.outcome === 'drifting' && drift.isPersistent;
}

export function isDegraded({ performance }: ScanFindings): boolean {
  return performance?.outcome === 'degraded';
}
