import { describe, expect, it } from 'vitest';
import { nextUp } from '../../../core/training/drift-bins.ts';
import { driftBins, profileNumbers } from '../../../core/training/reference-profile.ts';

describe('bins to look for drift in', () => {
  it('are the deciles when no value is shared by many rows', () => {
    const profile = profileNumbers(Array.from({ length: 100 }, (_, i) => i));
    expect(profile.drift).toBeUndefined();
    expect(driftBins(profile)).toEqual({ edges: profile.edges, counts: profile.counts });
  });

  it('tell what is mostly 0 from what is above it', () => {
    const values = [...new Array<number>(95).fill(0), 1, 2, 3, 4, 5];
    expect(driftBins(profileNumbers(values))).toEqual({ edges: [0, Number.MIN_VALUE], counts: [0, 95, 5] });
  });

  it('tell a constant from what is below and above it, in profiles of older platforms too', () => {
    const { drift, ...older } = profileNumbers([7, 7, 7]);
    expect(drift).toEqual({ edges: [7, nextUp(7)], counts: [0, 3, 0] });
    expect(driftBins(older)).toEqual(drift);
  });
});

describe('the next larger number', () => {
  it.each([0, -0, 1, -1, 0.1, -1e-300, 1e300, 2 ** 53])('after %s has none in between', (value) => {
    const next = nextUp(value);
    expect(next).toBeGreaterThan(value);
    const middle = value / 2 + next / 2;
    expect(middle <= value || middle >= next).toBe(true);
  });
});
