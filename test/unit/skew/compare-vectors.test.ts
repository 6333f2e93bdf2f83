import { describe, expect, it } from 'vitest';
import { auditInstants, INSTANTS_PER_PREDICTION } from '../../../core/skew/audit-instants.ts';
import { type AuditedVector, compareVectors } from '../../../core/skew/compare-vectors.ts';

const AT = { readAtMs: 1_000_010, requestedAtMs: 1_000_000, answeredAtMs: 1_000_040 };

/** One prediction, requested at 1,000,000 and answered 40 ms later; `rebuilt` says the value known from each lag on. */
function vector(
  predictionId: string,
  served: unknown,
  rebuilt: (lagMs: number, atMs: number) => unknown,
): AuditedVector {
  return {
    predictionId,
    entities: { customer: predictionId },
    served: { 'v:f': served as number },
    rebuilt: auditInstants(AT).map((instant) => ({
      instant,
      values: { 'v:f': rebuilt(instant.lagMs, instant.atMs) as number },
    })),
  };
}

const compared = (...vectors: readonly AuditedVector[]) => compareVectors(['v:f'], vectors);

describe('served vectors against the offline store', () => {
  it('look at the read, the request, the answer and up to ten minutes before', () => {
    const instants = auditInstants(AT);
    expect(instants).toHaveLength(INSTANTS_PER_PREDICTION);
    expect(instants.map(({ atMs }) => atMs)).toEqual([
      1_000_010, 1_000_000, 1_000_040, 999_000, 995_000, 970_000, 880_000, 400_000,
    ]);
  });

  it('look at when features were read that were used again, and up to ten minutes before that', () => {
    const instants = auditInstants({ ...AT, readAtMs: 700_000 });
    expect(instants).toHaveLength(INSTANTS_PER_PREDICTION);
    expect(instants.map(({ atMs }) => atMs)).toEqual([
      700_000, 1_000_000, 1_000_040, 699_000, 695_000, 670_000, 580_000, 100_000,
    ]);
  });

  it('look at the request where nobody noted when the features were read', () => {
    const [first] = auditInstants({ ...AT, readAtMs: null });
    expect(first).toEqual({ atMs: 1_000_000, lagMs: 0 });
    expect(auditInstants({ ...AT, readAtMs: null })).toHaveLength(INSTANTS_PER_PREDICTION);
  });

  it.each([
    ['a value', 7],
    ['a missing value', null],
    ['text', 'tea'],
    ['a negative zero', -0],
  ])('are exact when %s is what was known', (_, value) => {
    const found = compared(vector('a', value, () => (value === 0 ? 0 : value)));
    expect(found.features).toEqual([{ ref: 'v:f', compared: 1, exact: 1, late: 0, maxLagMs: 0, mismatched: 0 }]);
    expect(found.mismatches).toEqual([]);
  });

  it('are exact when the value changed between request and answer, whichever was read', () => {
    const changing = (_: number, atMs: number) => (atMs > 1_000_000 ? 2 : 1);
    expect(compared(vector('a', 1, changing), vector('b', 2, changing)).features[0]?.exact).toBe(2);
  });

  it('are late by the smallest lag that explains them', () => {
    const knownSinceRecently = (lagMs: number) => (lagMs >= 30_000 ? 1 : 2);
    const [feature] = compared(vector('a', 1, knownSinceRecently), vector('b', 2, knownSinceRecently)).features;
    expect(feature).toMatchObject({ exact: 1, late: 1, maxLagMs: 30_000, mismatched: 0 });
  });

  it('name prediction, entity, feature and both values when nothing explains them', () => {
    const found = compared(
      vector('a', 9, () => 1),
      vector('b', 1, () => 1),
      vector('c', null, () => 1),
    );
    expect(found).toMatchObject({ vectors: 3, mismatchedVectors: 2 });
    expect(found.features[0]).toMatchObject({ exact: 1, mismatched: 2 });
    expect(found.mismatches).toEqual([
      { predictionId: 'a', entities: { customer: 'a' }, ref: 'v:f', served: 9, rebuilt: 1 },
      { predictionId: 'c', entities: { customer: 'c' }, ref: 'v:f', served: null, rebuilt: 1 },
    ]);
  });

  it('are mismatched when a value was served before it could have been known', () => {
    const future = compared(vector('a', 2, () => 1));
    expect(future.features[0]?.mismatched).toBe(1);
  });

  it('count every mismatch and keep the first hundred', () => {
    const many = Array.from({ length: 150 }, (_, i) => vector(`p${i}`, 1, () => 2));
    const found = compareVectors(['v:f'], many);
    expect([found.features[0]?.mismatched, found.mismatches.length]).toEqual([150, 100]);
  });
});
