import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import type { RetrainingPolicy } from '../../../core/definitions/monitoring.ts';
import type { ScanFindings } from '../../../core/retraining/causes.ts';
import type { RetrainingFacts } from '../../../core/retraining/decide.ts';
import {
  neverRetrained,
  type Retraining,
  type RetrainingCause,
  type RetrainingState,
} from '../../../core/retraining/retraining.ts';

export const NOW = '2026-03-01T12:00:00.000Z';
export const NOW_MS = Date.parse(NOW);

export const POLICY: RetrainingPolicy = {
  on: { drift: true, degradation: true, everyMs: null, newRows: null },
  cooldownMs: 6 * HOUR_MS,
  maxPerWeek: 3,
  budgetUsd: null,
  minNewOutcomes: 500,
  maxUnhelpful: 2,
};

export function cause(change: Partial<RetrainingCause> = {}): RetrainingCause {
  const because = `${change.kind ?? 'drift'}: seen`;
  return { kind: 'drift', at: NOW, because, actor: 'scan', scanId: 's1', requestId: null, ...change };
}

/** One that ended so long before now, promoted, and helped, unless told. */
export function retraining(endedBeforeMs: number, change: Partial<Retraining> = {}): Retraining {
  const endedAt = new Date(NOW_MS - endedBeforeMs).toISOString();
  const startedAt = change.startedAt ?? new Date(NOW_MS - endedBeforeMs - HOUR_MS).toISOString();
  return {
    retrainingId: `of ${startedAt}`,
    causes: [cause()],
    executionId: `train:${startedAt}`,
    asOf: null,
    startedAt,
    endedAt,
    status: 'promoted',
    because: 'promoted',
    replaces: 'r0',
    releaseId: 'r1',
    rolloutId: 'o1',
    labelRows: null,
    costUsd: 1,
    helped: true,
    helpedBecause: 'no drift any more',
    ...change,
  };
}

export const training = (change: Partial<Retraining> = {}) =>
  retraining(0, {
    endedAt: null,
    status: 'training',
    releaseId: null,
    rolloutId: null,
    helped: null,
    helpedBecause: null,
    ...change,
  });

export function stateWith(retrainings: readonly Retraining[], change: Partial<RetrainingState> = {}): RetrainingState {
  return { ...neverRetrained('churn'), version: 7, retrainings, ...change };
}

export function facts(change: Partial<RetrainingFacts> = {}): RetrainingFacts {
  return {
    nowMs: NOW_MS,
    causes: [cause()],
    health: { outcome: 'healthy', because: 'all came' },
    diagnosis: { kind: 'input-drift', because: 'spend drifts' },
    outcomesSinceChange: null,
    hold: null,
    rolloutId: null,
    nextCostUsd: 1,
    ...change,
  };
}

export function scan(change: Partial<ScanFindings> = {}): ScanFindings {
  return {
    scanId: 's1',
    releaseId: 'r1',
    at: NOW,
    drift: { outcome: 'drifting', because: 'spend drifts in 3 of 3 scans', isPersistent: true },
    performance: null,
    health: { outcome: 'healthy', because: 'all came' },
    diagnosis: { kind: 'input-drift', because: 'spend drifts' },
    ...change,
  };
}

export const days = (count: number) => count * DAY_MS;
