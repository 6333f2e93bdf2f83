import { describe, expect, it } from 'vitest';
import {
  expectFresh,
  expectNotNull,
  expectNullShare,
  expectRange,
  expectRow,
  expectSet,
  expectUnique,
  expectVolume,
} from '../../../contracts/definitions/expectation.ts';
import { featureView } from '../../../contracts/definitions/feature-view.ts';
import { viewVersion } from '../../../core/definitions/definitions.ts';
import type { Expectation } from '../../../core/definitions/expectation.ts';
import { customer, orders, viewInput } from './definition-samples.ts';

const withExpectations = (...expectations: Expectation[]) => featureView({ ...viewInput, expectations });
const quarantine = { severity: 'quarantine' } as const;
const block = { severity: 'block' } as const;

describe('expectations of rows', () => {
  it('become conditions over columns, named after what they look at', () => {
    expect(expectNotNull('quantity', quarantine)).toEqual({
      kind: 'row',
      name: 'quantity_not_null',
      condition: 'quantity is not null',
      severity: 'quarantine',
      maxShare: 0,
    });
    expect(expectRange('quantity', { atLeast: 1, atMost: 99, severity: 'block', maxShare: 0.01 })).toMatchObject({
      name: 'quantity_in_range',
      condition: 'quantity >= 1 and quantity <= 99',
      maxShare: 0.01,
    });
    expect(expectRange('ordered_at', { atLeast: '2020-01-01T01:00:00+01:00', severity: 'warn' })).toMatchObject({
      condition: "ordered_at >= timestamp '2020-01-01T00:00:00.000Z'",
    });
    expect(expectSet('country', ["Côte d'Ivoire", 'FR'], { severity: 'warn' })).toMatchObject({
      name: 'country_in_set',
      condition: "country in ('Côte d''Ivoire', 'FR')",
    });
    expect(expectRow('sane', 'price * quantity < 1e6', quarantine)).toMatchObject({ name: 'sane' });
  });

  it('need a severity, a bound, a name that is one, and no share of what is quarantined', () => {
    const given = (options: object) => () => expectRange('price', options as never);
    expect(given({ atLeast: 0 })).toThrow(/severity: is missing; write one of "quarantine", "block", "warn"/);
    expect(given(quarantine)).toThrow(/atLeast: is missing, and so is atMost/);
    expect(given({ ...quarantine, atLeast: 2, atMost: 1 })).toThrow(/atLeast: 2 is more than atMost, 1/);
    expect(given({ ...quarantine, atLeast: 0, maxShare: 0.5 })).toThrow(/maxShare: 0.5 is not allowed with severity/);
    expect(given({ ...block, atLeast: 0, maxShare: 1.5 })).toThrow(/1.5 is out of range; write a number from 0 to 1/);
    expect(given({ ...block, atleast: 0 })).toThrow(/unknown key "atleast"/);
    expect(() => expectNotNull('quantity * price', block)).toThrow(/write name: "…"/);
    expect(() => expectSet('country', [], block)).toThrow(/write at least one that is allowed/);
    expect(() => expectRow('sane', ' ', block)).toThrow(/says nothing/);
  });
});

describe('expectations of runs', () => {
  it('are plain data with durations in milliseconds', () => {
    expect(expectNullShare('spend_7d', { ...block, atMost: 0.2 })).toEqual({
      kind: 'null_share',
      name: 'spend_7d_null_share',
      feature: 'spend_7d',
      atMost: 0.2,
      severity: 'block',
    });
    expect(expectUnique(['order_id', 'line'], block)).toMatchObject({ name: 'order_id_line_unique' });
    expect(expectFresh({ atMost: '2h', severity: 'warn' })).toMatchObject({ name: 'fresh', atMostMs: 7_200_000 });
    expect(expectVolume({ atLeast: 0.5, ...block })).toMatchObject({ name: 'volume', atLeastShare: 0.5, minRuns: 5 });
  });

  it('say what is wrong with them', () => {
    expect(() => expectVolume(block)).toThrow(/atLeast: is missing, and so is atMost/);
    expect(() => expectVolume({ ...block, atLeast: 2, atMost: 1 })).toThrow(/atLeast: 2 is more than atMost, 1/);
    expect(() => expectVolume({ ...block, atLeast: 0.1, minRuns: 21 })).toThrow(/from 1 to 20/);
    expect(() => expectFresh({ atMost: '1s', ...block })).toThrow(/out of range/);
    expect(() => expectUnique(['a'], quarantine as never)).toThrow(/write one of "block", "warn"/);
  });
});

describe('a feature view with expectations', () => {
  it('keeps them in order', () => {
    const view = withExpectations(expectNotNull('price', quarantine), expectVolume({ ...block, atMost: 3 }));
    expect(view.expectations.map(({ name }) => name)).toEqual(['price_not_null', 'volume']);
  });

  it.each([
    ['a column that is not there', expectNotNull('prize', block), /expectations.prize_not_null: .*prize/],
    ['what is no condition', expectRow('x', 'price + 1', block), /expectations.x: the condition .* is a float64/],
    ['a feature that is not there', expectNullShare('spend', { atMost: 0, ...block }), /no feature "spend"; known: /],
    ['a column to be unique that is not there', expectUnique(['oder'], block), /no column "oder"; known: /],
    ['a column named twice', expectUnique(['price', 'price'], block), /column "price" is named twice/],
  ])('refuses %s', (_, expectation, message) => {
    expect(() => withExpectations(expectation)).toThrow(message);
  });

  it('refuses two of one name, and what is no expectation', () => {
    const twice = [expectNotNull('price', block), expectNotNull('price', quarantine)];
    expect(() => withExpectations(...twice)).toThrow(/price_not_null: is declared more than once/);
    expect(() => withExpectations('price > 0' as never)).toThrow(/"price > 0" is not an expectation; write expectRow/);
  });

  it('has another version when other rows take part, and the same when only judgement changes', () => {
    const versionOf = (...all: Expectation[]) => viewVersion(withExpectations(...all), customer, orders);
    expect(versionOf(expectNotNull('price', quarantine))).not.toBe(versionOf());
    expect(versionOf(expectNotNull('price', block), expectVolume({ ...block, atMost: 3 }))).toBe(versionOf());
  });
});
