import { describe, expect, it } from 'vitest';
import type { Route } from '../../../core/release/route.ts';
import { planRollback } from '../../../core/rollout/plan-rollback.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import { newRollout } from '../../new-rollout.ts';

const route = (champion: string | null): Route => ({
  model: 'churn',
  endpointName: 'e',
  champion: champion === null ? null : { releaseId: champion, variant: 'champion' },
  challenger: null,
  shadow: null,
  epoch: 4,
});
const running = (phase: Rollout['phase'], change: Partial<Rollout> = {}) =>
  newRollout('running', { releaseId: 'c', previousReleaseId: 'b', phase, ...change });
const promoted = (releaseId: string, previousReleaseId: string | null, change: Partial<Rollout> = {}) =>
  newRollout(`to-${releaseId}`, { releaseId, previousReleaseId, phase: 'done', outcome: 'promoted', ...change });

describe('going back while a rollout runs', () => {
  it.each(['gates', 'approval', 'deploying', 'latency', 'shadow', 'canary', 'watching'] as const)(
    'stops it in %s, where the release before is in service',
    (phase) => {
      const rollout = running(phase);
      expect(planRollback(route('b'), [rollout], undefined)).toEqual({ kind: 'stop', rollout });
      expect(planRollback(route('b'), [rollout], 'b')).toEqual({ kind: 'stop', rollout });
    },
  );

  it('stops it and brings back the other release that is wanted', () => {
    const rollout = running('canary');
    expect(planRollback(route('b'), [rollout], 'a')).toEqual({ kind: 'bring-back', releaseId: 'a', stopping: rollout });
  });

  it('waits for the end of one that settles, because the release before may have left the endpoint', () => {
    const plan = planRollback(route('c'), [running('settling')], undefined);
    expect(plan).toEqual({ kind: 'bring-back', releaseId: 'b', stopping: null });
    const first = running('settling', { previousReleaseId: null });
    expect(planRollback(route('c'), [first], undefined)).toMatchObject({ kind: 'refused' });
  });

  it('has nothing to do for one that goes back already, unless another release is wanted', () => {
    const rollout = running('restoring');
    expect(planRollback(route('b'), [rollout], undefined)).toEqual({ kind: 'under-way', rollout });
    expect(planRollback(route('b'), [rollout], 'a')).toMatchObject({ kind: 'bring-back', stopping: null });
  });

  it('does not go back to the very release that is being brought into service', () => {
    expect(planRollback(route('b'), [running('canary')], 'c')).toMatchObject({ kind: 'refused' });
  });

  it('takes a rollback back only when the release that answers is named', () => {
    const rollout = running('deploying', { kind: 'rollback' });
    expect(planRollback(route('b'), [rollout], undefined)).toMatchObject({ kind: 'refused' });
    expect(planRollback(route('b'), [rollout], 'b')).toEqual({ kind: 'stop', rollout });
  });
});

describe('going back afterwards', () => {
  it('is to the release before the promotion', () => {
    const plan = planRollback(route('b'), [promoted('b', 'a')], undefined);
    expect(plan).toEqual({ kind: 'bring-back', releaseId: 'a', stopping: null });
  });

  it('passes over rollouts that were refused by themselves', () => {
    const refused = newRollout('refused', {
      releaseId: 'c',
      previousReleaseId: 'b',
      outcome: 'rejected',
      phase: 'done',
    });
    expect(planRollback(route('b'), [refused, promoted('b', 'a')], undefined)).toMatchObject({ releaseId: 'a' });
  });

  it.each([
    ['a promotion that was taken back', newRollout('x', { releaseId: 'c', outcome: 'rolled-back', phase: 'done' })],
    ['a rollback', promoted('b', 'c', { kind: 'rollback' })],
    [
      'a rollout that a person stopped',
      newRollout('x', {
        outcome: 'rejected',
        phase: 'done',
        stop: { kind: 'person', actor: 'arn:a', because: 'x', at: '2026-03-01T12:00:00.000Z' },
      }),
    ],
  ])('goes no further back after %s, unless a release is named', (_what, newest) => {
    const before = promoted('b', 'a');
    expect(planRollback(route('b'), [newest, before], undefined)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('name a release'),
    });
    expect(planRollback(route('b'), [newest, before], 'a')).toMatchObject({ kind: 'bring-back', releaseId: 'a' });
  });

  it('is refused where there is nothing to go back from or to', () => {
    expect(planRollback(route(null), [], undefined)).toMatchObject({ kind: 'refused' });
    expect(planRollback(route('a'), [promoted('a', null)], undefined)).toMatchObject({ kind: 'refused' });
    expect(planRollback(route('a'), [], undefined)).toMatchObject({ kind: 'refused' });
    expect(planRollback(route('a'), [promoted('a', null)], 'a')).toMatchObject({ kind: 'refused' });
  });
});
