import { PRICES_READ_ON, pricesIn } from '../cost/price-list.ts';
import { hourPrice, type ServedModel, servingCost } from '../cost/serving-cost.ts';
import type { GateDefinition } from '../definitions/model.ts';
import type { Evidence, Verdict } from './verdict.ts';

type CostGate = Extract<GateDefinition, { kind: 'cost' }>;

/** What is known of where and how a model is to be served. */
export interface CostEvidence extends ServedModel {
  /** AWS region of the endpoint. */
  readonly region: string;
}

const WHERE = 'core/cost/prices.json';

/**
 * 1,000 predictions at the declared load cost no more than the limit. Inconclusive when the price list lacks a price;
 * fails when the model may not have as many instances as the load needs, whatever they cost.
 */
export function judgeCost(gate: CostGate, { cost }: { readonly cost: CostEvidence }): Verdict {
  const total = {
    metric: 'cost per 1,000 predictions in USD',
    limit: gate.maxPerThousandUsd,
    rule: 'at-most',
    n: 0,
  } as const;
  const unknown = (because: string): Verdict => ({
    outcome: 'inconclusive',
    evidence: [{ ...total, observed: null }],
    because: `${because}; add it to ${WHERE}`,
  });
  const prices = pricesIn(cost.region);
  if (prices === null) return unknown(`the price list has no prices of region ${cost.region}`);
  const hour = hourPrice(prices, cost.serving.instanceType);
  if ('missing' in hour) return unknown(`the price list of ${cost.region} has no price of ${hour.missing}`);

  const found = servingCost(cost, gate.requestsPerSecond, { services: prices.services, hourUsd: hour.usd });
  const note = `prices of ${cost.region} as of ${PRICES_READ_ON}`;
  const evidence: Evidence[] = [
    { ...total, observed: found.perThousandUsd, note },
    ...found.lines.map(
      ({ what, perThousandUsd, because }): Evidence => ({
        ...total,
        metric: `${what} per 1,000 predictions in USD`,
        observed: perThousandUsd,
        note: because,
      }),
    ),
  ];
  if (!found.carriesLoad) {
    const { maxInstances, targetInvocationsPerInstance } = cost.serving;
    const because = `${gate.requestsPerSecond} predictions per second need more than ${maxInstances} instances at ${targetInvocationsPerInstance} invocations each per minute; raise maxInstances or the target`;
    return { outcome: 'fail', evidence, because };
  }
  if (found.perThousandUsd <= gate.maxPerThousandUsd) return { outcome: 'pass', evidence };
  const dearest = found.lines.reduce((most, line) => (line.perThousandUsd > most.perThousandUsd ? line : most));
  const because = `1,000 predictions cost $${found.perThousandUsd.toPrecision(4)}, at most $${gate.maxPerThousandUsd} is allowed; most of it is ${dearest.what}: ${dearest.because}`;
  return { outcome: 'fail', evidence, because };
}
