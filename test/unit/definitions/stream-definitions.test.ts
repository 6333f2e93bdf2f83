import { describe, expect, it } from 'vitest';
import { column, count, countDistinct, last, max, mean, sum } from '../../../contracts/definitions/feature.ts';
import { featureView } from '../../../contracts/definitions/feature-view.ts';
import { source } from '../../../contracts/definitions/source.ts';
import { orders, viewInput } from './definition-samples.ts';

const over = '7d' as const;
const streamed = { ...viewInput, ttl: null, stream: { tile: '15m' as const } };
const refused = (change: object) => () => featureView({ ...streamed, ...change } as never);

describe('a streamed view', () => {
  it('keeps the length of its tiles', () => {
    const features = { orders: count({ over }), spend: sum('price', { over }), gift: last('gift', { over }) };
    expect(featureView({ ...streamed, features }).stream).toEqual({ tileMs: 900_000 });
    expect(featureView(viewInput).stream).toBeNull();
  });

  it('may have more tiles in a window than a scheduled one has ticks', () => {
    const features = { orders: count({ over: '180d' }) };
    expect(featureView({ ...streamed, features, schedule: '6h' }).stream).toEqual({ tileMs: 900_000 });
  });

  it.each<[string, object, string]>([
    [
      'single rows',
      { features: { country: column() } },
      'only aggregates are streamed in tiles, and country is a value',
    ],
    ['a ttl', { ttl: '30d' }, 'ttl: 30d is not allowed for a streamed view'],
    [
      'a window that no tile ends',
      { features: { n: count({ over: '100m' }) } },
      'features.n: its window of 100m is no multiple of the tile of 15m',
    ],
    [
      'distinct values',
      { features: { countries: countDistinct('country', { over }) } },
      'features.countries: countDistinct() cannot be streamed',
    ],
    [
      'a tile that is none',
      { stream: { tile: '500ms' } },
      'stream.tile: "500ms" is out of range; write one from 1s to 1d',
    ],
    ['another option', { stream: { tile: '15m', slide: '1m' } }, 'slide'],
    [
      'more tiles than an item holds',
      {
        stream: { tile: '1m' },
        features: {
          a: sum('price', { over: '30d' }),
          b: mean('quantity', { over: '30d' }),
          c: max('price', { over: '30d' }),
        },
      },
      'stream.tile: its tiles of 1m can take',
    ],
  ])('refuses %s', (_, change, says) => {
    expect(refused(change)).toThrow(says);
  });
});

describe('the event id of a source', () => {
  const { name, owner } = orders;
  const columns = { customer_id: 'string', at: 'timestamp', price: 'float64', event: 'string' } as const;
  it('is a column of strings or whole numbers', () => {
    expect(source({ name, owner, columns, eventTime: 'at', eventId: 'event' }).eventIdColumn).toBe('event');
    expect(orders.eventIdColumn).toBeNull();
    const of = (eventId: string) => () => source({ name, owner, columns, eventTime: 'at', eventId });
    expect(of('price')).toThrow(
      'eventId: "price" is a float64; name a column of type string or int64: customer_id, event',
    );
    expect(of('id')).toThrow('eventId: "id" is no column of the source');
  });
});
