import { describe, expect, it } from 'vitest';
import type { Route } from '../../../core/release/route.ts';
import { goBack, routeBack } from '../../../core/rollout/go-back.ts';
import { newRollout } from '../../new-rollout.ts';

const rollout = newRollout('p1', { releaseId: 'new', previousReleaseId: 'old' });
const route = (change: Partial<Route>): Route => ({
  model: 'churn',
  endpointName: 'e',
  champion: { releaseId: 'old', variant: 'champion' },
  challenger: null,
  shadow: null,
  epoch: 4,
  ...change,
});
const sharing = (releaseId: string, variant: 'champion' | 'challenger') =>
  ({ releaseId, variant, share: 0.25, rolloutId: 'p1' }) as const;
const stop = { kind: 'person', actor: 'arn:a', because: 'wrong numbers', at: '2026-03-01T13:00:00.000Z' } as const;

describe('the route that a rollout goes back to', () => {
  it('is the champion alone while the release shadows it or answers a share', () => {
    const alone = route({ epoch: 5 });
    expect(routeBack(route({ challenger: sharing('new', 'challenger') }), rollout)).toEqual(alone);
    expect(routeBack(route({ shadow: sharing('new', 'challenger') }), rollout)).toEqual(alone);
  });

  it('is the champion before on the variant where it still runs, after the promotion', () => {
    const promoted = route({
      champion: { releaseId: 'new', variant: 'challenger' },
      challenger: sharing('old', 'champion'),
    });
    expect(routeBack(promoted, rollout)).toEqual(route({ epoch: 5 }));
    const swapped = route({ champion: { releaseId: 'new', variant: 'champion' } });
    expect(routeBack(swapped, rollout)?.champion).toEqual({ releaseId: 'old', variant: 'challenger' });
  });

  it('is the one there while the release has no part in it', () => {
    expect(routeBack(route({}), rollout)).toBeNull();
    expect(routeBack(route({ champion: null }), newRollout('p1'))).toBeNull();
  });

  it('names nobody when the first release is taken away', () => {
    const first = newRollout('p1', { releaseId: 'new' });
    expect(routeBack(route({ champion: { releaseId: 'new', variant: 'champion' } }), first)?.champion).toBeNull();
  });
});

describe('a rollout that goes back', () => {
  it('is restoring from then on, says why, and puts the route right in the same write', () => {
    const seen = { ...rollout, phase: 'canary' as const, step: 1, since: '2026-03-01T12:30:00.000Z' };
    const there = route({ challenger: sharing('new', 'challenger') });
    const { next, route: change } = goBack(seen, there, stop);
    expect(next).toMatchObject({ phase: 'restoring', step: 0, since: stop.at, stop, outcome: null });
    expect(next.timeline.at(-1)).toEqual({ phase: 'restoring', step: 0, at: stop.at, because: 'wrong numbers' });
    expect(change).toEqual({ from: there, to: route({ epoch: 5 }) });
  });

  it('keeps who stopped it first', () => {
    const before = { ...stop, actor: 'arn:first' };
    expect(goBack({ ...rollout, stop: before }, route({}), stop).next.stop).toEqual(before);
  });
});
