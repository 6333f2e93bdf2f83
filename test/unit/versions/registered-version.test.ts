import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import { resolveView } from '../../../core/definitions/definitions.ts';
import {
  beginSweep,
  bringToLife,
  endRetirement,
  type Look,
  lookAt,
  type RegisteredVersion,
} from '../../../core/versions/registered-version.ts';
import { fixtureDefinitions } from '../../infra/fixture-definitions.ts';

const resolved = resolveView(fixtureDefinitions(), 'last_order');
const at = '2026-03-01T00:00:00.000Z';
const START_MS = Date.parse(at);
const byDefinitions = { at, because: 'the definitions say it', releaseId: null };
const byRelease = { at, because: 'a rollout began', releaseId: 'r1' };

const look = (hours: number, more: Partial<Look> = {}): Look => ({
  nowMs: START_MS + hours * HOUR_MS,
  graceMs: 24 * HOUR_MS,
  isCurrent: false,
  neededBy: [],
  retirementId: 'retirement-1',
  retirementTimeoutMs: 8 * HOUR_MS,
  ...more,
});
const registered = bringToLife(null, resolved, byDefinitions)!.next;
const later = (seen: RegisteredVersion, hours: number, more: Partial<Look> = {}) =>
  lookAt(seen, look(hours, more))?.next ?? seen;
const unneeded = later(registered, 0);
const retiring = later(unneeded, 24);
const sweeping = beginSweep(retiring, 'retirement-1', at)!.next;
const retired = endRetirement(sweeping, 'retirement-1', at)!.next;

describe('a version that nobody needs', () => {
  it('stays live for the grace period and is taken at its end, never before', () => {
    expect(unneeded).toMatchObject({ state: 'live', unneededSince: at, revision: 2 });
    expect(lookAt(unneeded, look(23.99))).toBeNull();
    expect(retiring).toMatchObject({ state: 'retiring', retirement: { id: 'retirement-1' }, revision: 3 });
  });

  it('is marked by one look and taken by a later one, even without a grace period', () => {
    expect(later(registered, 0, { graceMs: 0 }).state).toBe('live');
    expect(later(unneeded, 0, { graceMs: 0 }).state).toBe('retiring');
  });

  it('begins its grace period anew when it was needed in between', () => {
    const needed = later(unneeded, 20, { neededBy: ['r1'] });
    expect(needed).toMatchObject({ unneededSince: null, neededBy: ['r1'] });
    const again = later(needed, 21);
    expect(lookAt(again, look(40))).toBeNull();
    expect(later(again, 45).state).toBe('retiring');
  });
});

describe('a version that is needed', () => {
  it.each([
    ['by the definitions', { isCurrent: true }],
    ['by a release', { neededBy: ['r1'] }],
  ])('is never taken: %s', (_, need) => {
    expect(later(registered, 1_000, need).state).toBe('live');
    expect(later(unneeded, 1_000, need)).toMatchObject({ state: 'live', unneededSince: null });
    expect(later(retiring, 25, need)).toMatchObject({ state: 'live', retirement: null });
  });

  it('changes nothing when that is known', () => {
    const known = later(registered, 1, { neededBy: ['r1'] });
    expect(lookAt(known, look(2, { neededBy: ['r1'] }))).toBeNull();
    expect(bringToLife(known, resolved, byDefinitions)).toBeNull();
    expect(bringToLife(known, resolved, byRelease)).toBeNull();
  });
});

describe('a rollout that begins', () => {
  it('stops a retirement before its point of no return', () => {
    const kept = bringToLife(retiring, resolved, byRelease)!;
    expect(kept).toMatchObject({ next: { state: 'live', neededBy: ['r1'] }, event: { action: 'kept' } });
    expect(beginSweep(kept.next, 'retirement-1', at)).toBeNull();
  });

  it('is told to come back while items are being deleted', () => {
    expect(() => bringToLife(sweeping, resolved, byRelease)).toThrow(
      /is being taken out of the online store; try again/,
    );
  });

  it('brings a retired version back', () => {
    expect(bringToLife(retired, resolved, byRelease)).toMatchObject({
      next: { state: 'live', retirement: null, revision: 6 },
      event: { action: 'brought-back', revision: 6 },
    });
  });
});

describe('a retirement', () => {
  it('passes each of its steps once, and only under its own name', () => {
    expect(beginSweep(retiring, 'retirement-2', at)).toBeNull();
    expect(beginSweep(sweeping, 'retirement-1', at)).toBeNull();
    expect(endRetirement(sweeping, 'retirement-2', at)).toBeNull();
    expect(endRetirement(retiring, 'retirement-1', at)).toBeNull();
    expect(endRetirement(retired, 'retirement-1', at)).toBeNull();
  });

  it.each([
    ['retiring', retiring],
    ['sweeping', sweeping],
  ])('that died while %s is taken over, and not before it is surely dead', (state, seen) => {
    const other = { retirementId: 'retirement-2' };
    expect(lookAt(seen, look(31, other))).toBeNull();
    expect(lookAt(seen, look(32, other))?.next).toMatchObject({ state, retirement: { id: 'retirement-2' } });
  });
});
