import type { Rollout } from '../core/rollout/rollout.ts';

const AT = '2026-03-01T12:00:00.000Z';

/** A rollout of model `churn` that has just begun, for tests; `change` what it is about. */
export function newRollout(rolloutId: string, change: Partial<Rollout> = {}): Rollout {
  const startedAt = change.startedAt ?? AT;
  return {
    rolloutId,
    model: 'churn',
    releaseId: 'r1',
    kind: 'release',
    candidate: 'c1',
    isForced: false,
    phase: 'gates',
    step: 0,
    since: startedAt,
    previousReleaseId: null,
    approval: null,
    pointed: null,
    stop: null,
    look: null,
    timeline: [{ phase: 'gates', step: 0, at: startedAt, because: 'test' }],
    outcome: null,
    because: null,
    actor: 'arn:aws:iam::1:user/a',
    cause: 'test',
    startedAt,
    endedAt: null,
    ...change,
  };
}
