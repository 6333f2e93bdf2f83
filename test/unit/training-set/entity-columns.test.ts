import { describe, expect, it } from 'vitest';
import { type EntityReading, entityColumns } from '../../../core/training-set/entity-columns.ts';

const reading: EntityReading = { timestampColumn: 'event_timestamp', mapping: {}, types: {} };
const nothing = { features: [], views: [], keys: [], request: [] };

describe('entityColumns', () => {
  it('gives each column a role, a type and a place of its own', () => {
    const wanted = {
      ...nothing,
      keys: [
        { name: 'user', type: 'string' as const },
        { name: 'shop', type: 'int64' as const },
      ],
      request: [
        { name: 'asked_at', type: 'timestamp' as const },
        { name: 'amount', type: 'float64' as const },
      ],
    };
    const columns = entityColumns(
      ['y', 'Shop', 'event_timestamp', 'amount', 'asked_at', 'user', 'note'],
      { ...reading, mapping: { Shop: 'shop' }, types: { y: 'int64' } },
      wanted,
    );
    expect(columns.map(({ name, from, role, type, slot }) => [name, from, role, type, slot])).toEqual([
      ['y', 'y', 'carried', 'int64', 'carried_0'],
      ['shop', 'Shop', 'key', 'int64', 'whole_0'],
      ['event_timestamp', 'event_timestamp', 'time', 'timestamp', 'time_ms'],
      ['amount', 'amount', 'request', 'float64', 'real_0'],
      ['asked_at', 'asked_at', 'request', 'timestamp', 'whole_1'],
      ['user', 'user', 'key', 'string', 'text_0'],
      ['note', 'note', 'carried', null, 'carried_1'],
    ]);
  });

  it('refuses more columns of one type in the join than there are places', () => {
    const request = Array.from({ length: 17 }, (_, i) => ({ name: `f${i}`, type: 'float64' as const }));
    const columns = ['event_timestamp', ...request.map(({ name }) => name)];
    expect(() => entityColumns(columns, reading, { ...nothing, request })).toThrow(
      /more than 16 columns of type float64 are join keys or request fields/,
    );
  });

  it('refuses an instant that is a join key or request field as well', () => {
    const request = [{ name: 'event_timestamp', type: 'timestamp' as const }];
    expect(() => entityColumns(['event_timestamp'], reading, { ...nothing, request })).toThrow(
      /cannot be the instant as well; name another column/,
    );
  });
});
