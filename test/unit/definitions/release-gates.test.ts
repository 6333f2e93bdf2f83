import { describe, expect, it } from 'vitest';
import { attributionGate, costGate, latencyGate } from '../../../contracts/definitions/gate.ts';
import { model } from '../../../contracts/definitions/model.ts';
import { parseDefinitions } from '../../../contracts/definitions/parse-definitions.ts';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import type { GateEvidence } from '../../../core/gates/gate-evidence.ts';
import { haveAllPassed, judgeGates } from '../../../core/gates/judge-gates.ts';
import { customer, modelInput, orders, spend } from './definition-samples.ts';

const latency = { quantile: 0.95, atMost: '80ms', requestsPerSecond: 50, for: '60s' } as const;
const withGates = (...gates: GateDefinition[]) => model({ ...modelInput, gates: [...modelInput.gates, ...gates] });

describe('gates on attribution, cost and latency', () => {
  it('have these defaults', () => {
    expect(attributionGate({ maxShare: 0.5 })).toEqual({
      kind: 'attribution',
      maxShare: 0.5,
      maxChange: null,
      confidence: 0.95,
    });
    expect(costGate({ perThousand: 0.02, requestsPerSecond: 20 })).toEqual({
      kind: 'cost',
      maxPerThousandUsd: 0.02,
      requestsPerSecond: 20,
    });
    expect(latencyGate(latency)).toEqual({
      kind: 'latency',
      quantile: 0.95,
      atMostMs: 80,
      requestsPerSecond: 50,
      forMs: 60_000,
      minRequests: 100,
    });
  });

  it('are the same when they are read from the serialized form', () => {
    const gates = [
      attributionGate({ maxShare: 0.5, maxChange: 0.2 }),
      costGate({ perThousand: 0.02, requestsPerSecond: 20 }),
      latencyGate(latency),
    ];
    const definitions = {
      entities: [customer],
      sources: [orders],
      featureViews: [spend],
      onDemandFeatureViews: [],
      featureServices: [],
      models: [withGates(...gates)],
    };
    expect(parseDefinitions(JSON.parse(JSON.stringify(definitions)))).toEqual(definitions);
  });

  it.each<[string, () => unknown, string]>([
    ['an attribution gate without a limit', () => attributionGate({}), 'write maxShare, maxChange or both'],
    ['a share in percent', () => attributionGate({ maxShare: 50 }), 'maxShare: 50 is out of range'],
    ['a share that nothing passes', () => attributionGate({ maxShare: 0 }), 'maxShare: 0 lets nothing through'],
    [
      'a cost at no load',
      () => costGate({ perThousand: 1, requestsPerSecond: 0 }),
      'requestsPerSecond: 0 is out of range',
    ],
    ['a quantile in percent', () => latencyGate({ ...latency, quantile: 95 }), 'quantile: 95 is out of range'],
    ['a limit without a unit', () => latencyGate({ ...latency, atMost: 80 } as never), 'atMost: 80 is not a duration'],
    ['a replay that outlasts its function', () => latencyGate({ ...latency, for: '1h' }), 'for: "1h" is out of range'],
    [
      'more requests than are sent',
      () => latencyGate({ ...latency, minRequests: 5_000 }),
      '50 per second for 1m are 3000 requests',
    ],
    ['an unknown limit', () => latencyGate({ ...latency, max: '1s' } as never), 'unknown key "max"'],
    [
      'two latency gates',
      () => withGates(latencyGate(latency), latencyGate(latency)),
      'gates: hold 2 latency gates; one is allowed',
    ],
    [
      'a latency gate alone, which lets anything pass its training',
      () => model({ ...modelInput, gates: [latencyGate(latency)] }),
      'gates: are all judged in the rollout; add one that is judged when the model is trained',
    ],
  ])('refuse %s', (_, define, problem) => {
    expect(define).toThrow(problem);
  });
});

it('a latency gate has no verdict before the rollout, and without another gate nothing has passed', () => {
  const evidence = {} as GateEvidence; // nothing of it is read
  expect(judgeGates([latencyGate(latency)], evidence)).toEqual([]);
  expect(haveAllPassed(judgeGates([latencyGate(latency)], evidence))).toBe(false);
});
