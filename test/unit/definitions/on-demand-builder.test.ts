import { describe, expect, it } from 'vitest';
import {
  count,
  featureView,
  greatest,
  last,
  least,
  onDemandFeatureView,
  sqlText,
  sum,
  value,
  when,
} from '../../../contracts/definitions/index.ts';
import { customer, orders } from './definition-samples.ts';

const spend = featureView({
  name: 'spend',
  entity: customer,
  source: orders,
  features: {
    total: sum('quantity * price', { over: '7d' }),
    orders: count({ over: '7d' }),
    country: last('country', { over: '7d' }),
    last_at: last('at', { over: '7d' }),
    gift: last('gift', { over: '7d' }),
  },
  ttl: '30d',
  owner: 'team',
});

const base = {
  name: 'asked',
  sources: [spend],
  request: { amount: 'float64', currency: 'string', paid_at: 'timestamp', end: 'int64' },
  owner: 'team',
} as const;

/** SQL and type of each feature. */
function texts(view: ReturnType<typeof onDemandFeatureView>) {
  return Object.fromEntries(view.features.map(({ name, sql, type }) => [name, `${sql}: ${type}`]));
}

describe('an on-demand feature view', () => {
  it('prints what was built, with no more parentheses than it needs', () => {
    const view = onDemandFeatureView({
      ...base,
      features: ({ spend, request, requestTime }) => ({
        share: request.amount.dividedBy(spend.total.plus(request.amount)),
        chain: spend.orders.minus(1).minus(value(2).minus(3)).times(-2),
        test: spend.total.isAtLeast(3).and(spend.country.equals("it's").not()).or(spend.gift),
        nested: spend.total.isAtLeast(3).and(spend.gift.or(spend.gift.isNull())),
        known: request.currency.isIn('EUR', 'GBP').and(spend.total.isBetween(0, request.amount)),
        compared: spend.gift.equals(spend.total.isMoreThan(0)),
        band: when(request.amount.isLessThan(10), 'small').when(request.amount.isLessThan(100), 'mid').otherwise('big'),
        gone: when(spend.gift, 1),
        days: requestTime.daysSince(spend.last_at).round(2),
        wait: request.paid_at.millisecondsSince(new Date('2024-02-29T12:00:00Z')),
        clock: requestTime.hour().plus(requestTime.dayOfWeek()).modulo(5).negated(),
        text: spend.country.orElse('??').lower().concat('-', request.currency.trim().part(1, 2)),
        casts: request.amount.asWhole().asText().length().plus(spend.gift.asWhole()),
        extremes: least(spend.total, request.amount, 4.5).power(2).plus(greatest(spend.orders, request.end)),
        mixed: sqlText('spend__total + 1').times(2),
        like: spend.country.isLike('G%').not(),
        minus: value(-5).minus(spend.total.negated().negated()).nullIf(0),
      }),
    });
    expect(texts(view)).toEqual({
      share: 'amount / (spend__total + amount): float64',
      chain: '(spend__orders - 1 - (2 - 3)) * -2: int64',
      test: "spend__total >= 3 AND NOT spend__country = 'it''s' OR spend__gift: boolean",
      nested: 'spend__total >= 3 AND (spend__gift OR spend__gift IS NULL): boolean',
      known: "currency IN ('EUR', 'GBP') AND spend__total BETWEEN 0 AND amount: boolean",
      compared: 'spend__gift = (spend__total > 0): boolean',
      band: "CASE WHEN amount < 10 THEN 'small' WHEN amount < 100 THEN 'mid' ELSE 'big' END: string",
      gone: 'CASE WHEN spend__gift THEN 1 END: int64',
      days: 'round((request_time - spend__last_at) / 86400000, 2): float64',
      wait: "paid_at - TIMESTAMP '2024-02-29T12:00:00.000Z': int64",
      clock: '-((hour(request_time) + day_of_week(request_time)) % 5): int64',
      text: "concat(lower(coalesce(spend__country, '??')), '-', substr(trim(currency), 1, 2)): string",
      casts: 'length(CAST(CAST(amount AS bigint) AS varchar)) + CAST(spend__gift AS bigint): int64',
      extremes: 'power(least(spend__total, amount, 4.5), 2) + greatest(spend__orders, "end"): float64',
      mixed: '(spend__total + 1) * 2: float64',
      like: "NOT spend__country LIKE 'G%': boolean",
      minus: 'nullif(-5 - -(-spend__total), 0): float64',
    });
  });

  it('takes SQL text, with what people need to know about it', () => {
    const features = { late: { value: 'hour(request_time) > 20', description: 'After closing time' } };
    const view = onDemandFeatureView({ name: 'clock', features, owner: 'team' });
    expect(view).toEqual({
      kind: 'onDemandFeatureView',
      name: 'clock',
      request: [],
      features: [{ name: 'late', type: 'boolean', sql: 'hour(request_time) > 20', description: 'After closing time' }],
      description: '',
      owner: 'team',
    });
  });

  it('is typed while it is written', () => {
    const build = () =>
      onDemandFeatureView({
        ...base,
        features: ({ spend, request, requestTime }) => ({
          // @ts-expect-error there is no such feature
          a: spend.turnover,
          // @ts-expect-error there is no such request field
          b: request.price,
          // @ts-expect-error text cannot be added
          c: spend.country.plus(1),
          // @ts-expect-error a number is not compared with text
          d: spend.total.equals('x'),
          // @ts-expect-error an instant has no length
          e: requestTime.length(),
          // @ts-expect-error a condition is needed
          f: spend.total.and(true),
        }),
      });
    expect(build).toThrow('there is no feature of view "spend" named "turnover"; known: total, orders, country');
  });

  it('says what is wrong with it', () => {
    const says = (change: object) => () => onDemandFeatureView({ ...base, ...change } as never);
    const sql = (text: string) => says({ features: { x: text } });
    expect(sql('spend__turnover + 1')).toThrow('on-demand feature view "asked": features.x: expression');
    expect(sql('spend__turnover + 1')).toThrow('there is no column "spend__turnover"; known: spend__total');
    expect(sql("amount + 'a'")).toThrow('+ needs values of one type');
    expect(sql(`${'abs('.repeat(40)}amount${')'.repeat(40)}`)).toThrow('more than 20 levels of SQL');
    expect(sql(`1${' + 1'.repeat(1_500)}`)).toThrow('at most 4000 are allowed');
    expect(says({ features: {} })).toThrow('features: {} is empty; write at least one on-demand feature');
    expect(says({ features: { x: 3 } })).toThrow('features.x: 3 is not an on-demand feature; write an expression');
    expect(says({ features: { seq: 'amount' } })).toThrow('"seq" is reserved');
    expect(says({ request: { amount: 'money' }, features: { x: '1' } })).toThrow(
      'request.amount: "money" is not allowed',
    );
    expect(says({ request: { request_time: 'timestamp' }, features: { x: '1' } })).toThrow('leave it out');
    expect(says({ request: { spend__total: 'float64' }, features: { x: '1' } })).toThrow('rename it');
    expect(says({ sources: ['spend'], features: { x: '1' } })).toThrow('sources.0: expected a feature view');
    expect(says({ features: () => ({ x: value(Number.NaN) }) })).toThrow('features: NaN is not a finite number');
    expect(says({ features: ({ nobody }: never) => nobody })).toThrow('there is no view in `sources` named "nobody"');
    expect(says({ features: { x: '1' }, source: spend })).toThrow('unknown key "source"');
  });
});
