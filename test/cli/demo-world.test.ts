import { describe, expect, it } from 'vitest';
import type { Visit } from '../../cli/demo/world/visits.ts';
import { makeWorld } from '../../cli/demo/world/world.ts';
import { loadDefinitions } from '../../contracts/definitions/load-definitions.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const draw = (times: 'usual' | 'campaign', count: number, seed = 7): readonly Visit[] => {
  const { visit } = makeWorld(seed, NOW);
  return Array.from({ length: count }, () => visit(times));
};
const share = (visits: readonly Visit[], is: (visit: Visit) => boolean) => visits.filter(is).length / visits.length;

describe('the invented shop', () => {
  it('is the same for the same seed and instant, and another for another', () => {
    expect(makeWorld(7, NOW).history(50)).toEqual(makeWorld(7, NOW).history(50));
    expect(draw('campaign', 20)).toEqual(draw('campaign', 20));
    expect(draw('usual', 20, 8)).not.toEqual(draw('usual', 20));
  });

  it('has visits to come that do not hang on how long its history is', () => {
    const world = makeWorld(7, NOW);
    world.history(30);
    expect(Array.from({ length: 5 }, () => world.visit('usual'))).toEqual(draw('usual', 5));
  });

  it('has a history that ends before now, oldest first, of customers who have accounts', () => {
    const world = makeWorld(7, NOW);
    const { accountsCsv, ordersCsv, visitsCsv } = world.history(200);
    const rows = (csv: string) =>
      csv
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
    const instants = rows(visitsCsv).map(([, , at]) => at!);
    expect(instants).toEqual([...instants].sort());
    expect(instants.every((at) => Date.parse(at) < NOW.getTime())).toBe(true);
    expect(rows(ordersCsv).every(([, , at]) => Date.parse(at!) < NOW.getTime())).toBe(true);
    const accounts = new Set(rows(accountsCsv).map(([id]) => id));
    expect(accounts.size).toBe(world.customers.length);
    expect(rows(visitsCsv).every(([, id]) => accounts.has(id))).toBe(true);
  });

  it('is visited by others in the campaign: from another country, with the app, with less in the basket', () => {
    const { customers } = makeWorld(7, NOW);
    const countries = new Map(customers.map(({ id, country }) => [id, country]));
    const [usual, campaign] = [draw('usual', 4_000), draw('campaign', 4_000)];
    const isFromThere = ({ customerId }: Visit) => countries.get(customerId) === 'PL';
    expect([share(usual, isFromThere), share(campaign, isFromThere)].map((one) => one > 0.2)).toEqual([false, true]);
    expect(share(campaign, ({ device }) => device === 'app')).toBeGreaterThan(
      share(usual, ({ device }) => device === 'app') + 0.2,
    );
    expect(share(campaign, ({ basket }) => basket < 15)).toBeGreaterThan(
      share(usual, ({ basket }) => basket < 15) + 0.2,
    );
  });

  it('gives small baskets with a voucher another truth than small baskets without', () => {
    const bought = (visits: readonly Visit[]) => {
      const small = visits.filter(({ basket }) => basket < 15);
      return share(small, (visit) => visit.bought);
    };
    expect(bought(draw('usual', 6_000))).toBeLessThan(0.2);
    expect(bought(draw('campaign', 6_000))).toBeGreaterThan(0.4);
  });
});

it('the careless definitions differ from the others in what the training reads, and in nothing else', async () => {
  const load = async (folder: string) => loadDefinitions(`cli/demo/${folder}`);
  const [good, careless] = await Promise.all([load('definitions'), load('definitions-careless')]);
  const { label: read, ...model } = careless.models[0]!;
  const { label: right, ...same } = good.models[0]!;
  expect(model).toEqual(same);
  expect({ ...careless, models: [] }).toEqual({ ...good, models: [] });
  expect([right, read].map((label) => label.kind === 'observed' && label.context.map(({ sql }) => sql))).toEqual([
    ['basket', 'minutes', 'device'],
    ['basket * 100', 'minutes * 60', 'device'],
  ]);
});
