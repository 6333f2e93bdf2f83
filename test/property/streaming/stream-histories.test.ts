import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import type { Feature } from '../../../core/definitions/feature-view.ts';
import type { Source } from '../../../core/definitions/source.ts';
import type { Value } from '../../../core/definitions/value-type.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { AthenaLab } from '../sql/athena-lab.ts';
import { aggregatedView, SALES, SEED, viewOf } from '../sql/histories.ts';
import { StreamLab } from './stream-lab.ts';
import { ENTITIES, NAMED_SALES, timeline } from './timeline.ts';

const CASES = 12;

let athena: AthenaLab;
beforeAll(async () => {
  athena = await AthenaLab.open();
});
afterAll(() => athena.close());

/** A view of random features whose windows are whole tiles. */
function streamed(at: number): ResolvedView {
  const [drawn] = fc.sample(aggregatedView, { seed: SEED + at, numRuns: 1 });
  const tileMs = [15 * MINUTE_MS, HOUR_MS / 2, HOUR_MS, MINUTE_MS][at % 4]!;
  const features = drawn!.view.features.map((feature): Feature => {
    if (feature.compute.kind !== 'aggregate') return feature;
    const isDistinct = feature.compute.aggregation === 'count_distinct';
    const windowMs = Math.ceil(feature.compute.windowMs / HOUR_MS) * HOUR_MS;
    const aggregation = isDistinct ? 'count' : feature.compute.aggregation;
    return { ...feature, compute: { ...feature.compute, aggregation, windowMs } };
  });
  const resolved = viewOf(features, HOUR_MS, null);
  const source: Source = at % 3 === 2 ? NAMED_SALES : SALES;
  return { ...resolved, source, view: { ...resolved.view, stream: { tileMs } } };
}

/** 0 and -0 are one number. */
const plain = (values: readonly Value[] | null | undefined) =>
  values?.map((value) => (value === 0 ? 0 : value)) ?? null;

/** By case: comparisons of what was served with what it had to be. */
const compared: number[] = [];

describe(`streamed aggregates in every engine (seed ${SEED})`, () => {
  test.each(Array.from({ length: CASES }, (_, i) => [i]))(
    `${ENTITIES} histories have one value at any instant: by its meaning, by the offline rows, online; case %i`,
    async (at) => {
      const random = seededRandom(SEED + at);
      const draw = (below: number) => Math.floor(random() * below);
      const resolved = streamed(at);
      const lab = new StreamLab(athena, resolved, draw);
      await lab.play(timeline(draw, resolved.source));
      const [expected, joined] = [lab.expected(), lab.joined()];
      const wrong = lab.probes.flatMap((probe, i) => {
        const wanted = JSON.stringify(plain(expected[i]));
        const isServedRight = probe.served === undefined || JSON.stringify(plain(probe.served)) === wanted;
        const isJoinedRight = JSON.stringify(plain(joined[i])) === wanted;
        return isServedRight && isJoinedRight ? [] : [{ ...probe, expected: expected[i], joined: joined[i] }];
      });
      expect(wrong.slice(0, 3)).toEqual([]);
      const isTelling = (values: readonly Value[] | null) => values?.some((value) => value !== null && value !== 0);
      compared.push(lab.probes.filter(({ served }, i) => served != null && isTelling(expected[i]!)).length);
    },
  );

  test('the cases compare thousands of values that are not empty', () => {
    expect(compared.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(CASES * ENTITIES * 8);
  });
});
