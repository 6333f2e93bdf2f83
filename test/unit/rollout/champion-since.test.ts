import { describe, expect, it } from 'vitest';
import { championSince } from '../../../core/rollout/champion-since.ts';
import type { Rollout, RolloutPhase } from '../../../core/rollout/rollout.ts';
import { newRollout } from '../../new-rollout.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:00.000Z`;

/** A rollout whose phases begin at these minutes. */
function passage(
  releaseId: string,
  previousReleaseId: string | null,
  phases: Partial<Record<RolloutPhase, number>>,
): Rollout {
  const timeline = Object.entries(phases).map(([phase, minute]) => ({
    phase: phase as RolloutPhase, // the keys of the record
    step: 0,
    at: at(minute),
    because: '',
  }));
  return newRollout(`rollout-of-${releaseId}`, { releaseId, previousReleaseId, timeline });
}

describe('since when a release is champion', () => {
  it('is since its rollout gave it the seat', () => {
    const rollouts = [passage(A, null, { gates: 0, deploying: 1, watching: 2, settling: 5, done: 6 })];
    expect(championSince(A, rollouts)?.toISOString()).toBe(at(2));
  });

  it('does not begin again with a rollout that never took the seat', () => {
    const rollouts = [
      passage(B, A, { gates: 7, canary: 8, restoring: 9, done: 10 }),
      passage(A, null, { gates: 0, settling: 1, done: 2 }),
    ];
    expect(championSince(A, rollouts)?.toISOString()).toBe(at(1));
  });

  it('begins again when another release took the seat and gave it back', () => {
    const rollouts = [
      passage(B, A, { gates: 7, watching: 8, restoring: 9, done: 10 }),
      passage(A, null, { gates: 0, settling: 1, done: 2 }),
    ];
    expect(championSince(A, rollouts)?.toISOString()).toBe(at(9));
  });

  it('is not known of a release without a rollout', () => {
    expect(championSince(A, [])).toBeNull();
  });
});
