import { describe, expect, it } from 'vitest';
import { PRICES_READ_ON, pricesIn } from '../../../core/cost/price-list.ts';
import { COUNTED_AS, instancesFor, type ServedModel, servingCost } from '../../../core/cost/serving-cost.ts';
import { type CostEvidence, judgeCost } from '../../../core/gates/cost-gate.ts';
import { FUNCTIONS } from '../../../lib/functions.ts';

const serving: ServedModel['serving'] = {
  instanceType: 'ml.m5.large',
  minInstances: 1,
  maxInstances: 4,
  targetInvocationsPerInstance: 1000,
  featureCacheMs: null,
};
const { services } = pricesIn('us-east-1')!;
const linesOf = (model: ServedModel, requestsPerSecond: number, hourUsd: number) =>
  Object.fromEntries(
    servingCost(model, requestsPerSecond, { services, hourUsd }).lines.map((line) => [line.what, line.perThousandUsd]),
  );

describe('the cost of 1,000 predictions', () => {
  // by hand, with the prices of us-east-1 in prices.json
  it('is what each service takes for them', () => {
    const lines = linesOf({ serving, storedViews: 3 }, 10, 0.115);
    expect(lines['endpoint']).toBeCloseTo(0.115 / 36, 12); // 36,000 predictions an hour
    expect(lines['Lambda']).toBeCloseTo(0.0002 + 0.000691019, 9); // 1.7275 GB × 0.03 s × 0.0000133334
    expect(lines['API Gateway']).toBeCloseTo(0.001, 12);
    expect(lines['DynamoDB reads']).toBeCloseTo(0.00025, 12); // 4 items, half a unit each
    expect(lines['DynamoDB writes']).toBeCloseTo(0.00125, 12); // 2 units
    expect(lines['Firehose']).toBeCloseTo(0.000267029, 9); // 5 KB at 0.056 a GB
  });

  // the published table of the project: dollars per million predictions
  it.each([
    ['ml.g4dn.xlarge at 1 per second', 0.7364, 1, 204.6],
    ['ml.g4dn.xlarge at 100 per second', 0.7364, 100, 2.05],
    ['ml.g5.xlarge at 10 per second', 1.408, 10, 39.1],
  ])('is mostly the endpoint when it idles: %s', (_, hourUsd, requestsPerSecond, perMillionUsd) => {
    const enough = { ...serving, targetInvocationsPerInstance: 100_000 };
    const { endpoint } = linesOf({ serving: enough, storedViews: 1 }, requestsPerSecond, hourUsd);
    expect(endpoint! * 1000).toBeCloseTo(perMillionUsd, 1);
  });

  it('counts the function as it is deployed', () => {
    expect(COUNTED_AS.functionMemoryMb).toBe(FUNCTIONS['serving/predict'].memoryMb);
  });
});

describe('instances for a load', () => {
  it.each([
    ['no fewer than the least', { minInstances: 2 }, 1, { needed: 1, instances: 2 }],
    ['as many as the target asks for', {}, 40, { needed: 3, instances: 3 }],
    ['exactly at the target', {}, 50, { needed: 3, instances: 3 }],
    ['no more than the most', {}, 100, { needed: 6, instances: 4 }],
  ])('%s', (_, over, requestsPerSecond, expected) => {
    expect(instancesFor({ serving: { ...serving, ...over } }, requestsPerSecond)).toEqual(expected);
  });
});

describe('the cost gate', () => {
  const gate = { kind: 'cost', maxPerThousandUsd: 0.01, requestsPerSecond: 10 } as const;
  const judged = (over: Partial<CostEvidence> = {}, changed: Partial<typeof gate> = {}) =>
    judgeCost({ ...gate, ...changed }, { cost: { region: 'us-east-1', serving, storedViews: 3, ...over } });

  it('passes within the limit and shows every line with the date of the prices', () => {
    const verdict = judged();
    expect(verdict.outcome).toBe('pass');
    const [total, ...lines] = verdict.evidence;
    expect(total).toMatchObject({ limit: 0.01, note: `prices of us-east-1 as of ${PRICES_READ_ON}` });
    expect(lines).toHaveLength(6);
    expect(lines.reduce((sum, line) => sum + (line.observed ?? Number.NaN), 0)).toBeCloseTo(total!.observed!, 12);
  });
  it('fails beyond it and says what costs most', () => {
    expect(judged({}, { requestsPerSecond: 1 } as object)).toMatchObject({
      outcome: 'fail',
      because: expect.stringMatching(/at most \$0\.01 is allowed; most of it is endpoint: 1 × ml\.m5\.large/),
    });
  });
  it('fails when scaling may not add what the load needs', () => {
    expect(judged({}, { requestsPerSecond: 100 } as object)).toMatchObject({
      outcome: 'fail',
      because: expect.stringContaining('need more than 4 instances'),
    });
  });
  it.each([
    ['instance type', { serving: { ...serving, instanceType: 'ml.x9.large' } }, 'no price of ml.x9.large'],
    ['region', { region: 'mars-north-1' }, 'no prices of region mars-north-1'],
  ])('is inconclusive without the price of the %s, and says which is missing', (_, over, because) => {
    expect(judged(over)).toMatchObject({ outcome: 'inconclusive', because: expect.stringContaining(because) });
  });
});
