import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import { bucketOf } from '../../core/rollout/assign.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { servedValues } from '../../core/serving/served-values.ts';
import { dynamoOnlineStore } from '../../lambdas/adapters/aws/dynamo-online-store.ts';
import { fixedClock } from '../memory/memory-clock-and-ids.ts';
import { memoryMetrics } from '../memory/memory-metrics.ts';
import { FAULTS } from '../simulation/catalogue.ts';
import * as mutants from '../simulation/mutants.ts';
import { type Fault, MOMENTS, simulate } from '../simulation/simulate.ts';
import type { Mutation } from '../simulation/world.ts';
import { fakeDynamo } from './fake-dynamo.ts';

const fault = (number: number): Fault => FAULTS.find((one) => one.number === number)!; // those named below

/** What the simulation says of a mutant in the first runs of a fault, until it says something; of the real thing nothing. */
async function said(of: Fault, mutation: () => Mutation | undefined, seeds: number): Promise<readonly string[]> {
  for (let seed = 1; seed <= seeds; seed++) {
    for (const moment of MOMENTS) {
      const { problems } = await simulate(of, moment, seed, mutation());
      if (problems.length > 0) return problems;
    }
  }
  return [];
}

const undecided: Fault = {
  number: 58,
  title: 'a gate that could not measure anything',
  ends: ['rejected'],
  scene: () => ({ verdict: 'inconclusive' }),
};

const skewed: Fault = {
  ...fault(24),
  check: async () => [], // by such clocks a deadline may have passed for both
  stage: async (staged) => {
    const random = staged.world.random('skew');
    staged.world.skewMs = () => Math.round((random() - 0.5) * 60 * MINUTE_MS);
    await fault(24).stage?.(staged);
  },
};

/** Ten ways to break what rollouts rest on, and what of this suite notices. */
const SIMULATED: readonly (readonly [string, Fault, () => Mutation, RegExp])[] = [
  ['drops the fence', fault(92), () => mutants.dropTheFence, /^I4 .*a write with fence/],
  ['drops the condition', fault(27), () => mutants.dropTheCondition, /^I5 /],
  ['moves the pointer in a second write', fault(16), () => mutants.tearThePointer, /^I[1258] /],
  ['tries again without a key', fault(1), () => mutants.forgetTheKey(), /a second execution was started/],
  [
    'counts what was not measured as passed',
    undecided,
    () => mutants.passWithoutData,
    /^I3 .*has not passed its gates/,
  ],
  ['takes leases by the clock on the wall', skewed, () => mutants.leaseByTheClock, /^I[45] /],
  ['deletes before it shifts', fault(22), () => mutants.deleteBeforeShift, /^I2 .*not in service/],
];

describe.each(SIMULATED)('a mutant that %s', (_, where, mutation, caught) => {
  it('is caught by the simulation, which says nothing of the real thing', async () => {
    expect(await said(where, () => undefined, 2)).toEqual([]);
    const problems = await said(where, mutation, 12);
    expect(problems.join('\n')).toMatch(new RegExp(caught, 'm'));
  });
});

describe('a mutant that swallows unprocessed keys', () => {
  /** As "are asked again until each is answered" of partial-answers.test.ts asks it. */
  async function unanswered(change: (client: DynamoDBClient) => DynamoDBClient): Promise<number> {
    const dynamo = fakeDynamo({ answers: (keys) => Math.ceil(keys / 2) });
    const tables = { onlineTable: 'online', registryTable: null };
    const deps = { ...tables, clock: fixedClock(), random: () => 0, metrics: memoryMetrics() };
    const keys = Array.from({ length: 8 }, (__, id) => ({
      entity: 'customer',
      key: [id],
      view: 'v',
      version: 'aaaaaaaaaaaa',
    }));
    const facts = { values: new Uint8Array([1]), eventTimeMs: 1, knownAtMs: 1, expiresAtMs: null };
    await dynamoOnlineStore({ ...deps, dynamo: dynamo.client }).write(keys.map((key) => ({ ...key, ...facts })));
    const { items } = await dynamoOnlineStore({ ...deps, dynamo: change(dynamo.client) }).read(keys, []);
    return items.filter((item) => item === null).length;
  }

  it('is caught by the reads of partial answers', async () => {
    expect(await unanswered((client) => client)).toBe(0);
    const swallowing = (client: DynamoDBClient): DynamoDBClient => {
      const send = async (command: BatchGetItemCommand) => {
        const answer = await client.send(command);
        return command instanceof BatchGetItemCommand ? { ...answer, UnprocessedKeys: {} } : answer;
      };
      return { send } as unknown as DynamoDBClient; // all the adapter uses of a client
    };
    expect(await unanswered(swallowing)).toBeGreaterThan(0);
  });
});

describe('a mutant that says < for <=', () => {
  const TTL_MS = 60_000;
  const columns = [{ name: 'amount', type: 'float64' as const }];
  const values = packRow(columns, [7]);
  /** Ages at which a value with a TTL of a minute is still given. */
  const givenAt = (lateMs: number) =>
    [TTL_MS - 1, TTL_MS, TTL_MS + 1].filter(
      (ageMs) =>
        servedValues(columns, TTL_MS, { values, eventTimeMs: 0 }, ageMs + lateMs, null)[0]?.status === 'PRESENT',
    );

  it('is caught at the edge of the TTL, which is closed', () => {
    expect(givenAt(0)).toEqual([TTL_MS - 1, TTL_MS]);
    expect(givenAt(1)).not.toEqual([TTL_MS - 1, TTL_MS]);
  });
});

describe('a mutant that joins without a separator', () => {
  type Draw = (rolloutId: string, unit: string) => number;
  const collisions = (draw: Draw) =>
    [
      ['r1', '11', 'r11', '1'],
      ['a|b', 'c', 'a', 'b|c'],
    ].filter(([r, u, s, v]) => draw(r!, u!) === draw(s!, v!)).length; // four to a row

  it('is caught by draws that have to be independent', () => {
    expect(collisions(bucketOf)).toBe(0);
    expect(collisions((rolloutId, unit) => bucketOf('', rolloutId + unit))).toBe(1);
  });
});
