import { expect, it } from 'vitest';
import { fieldChanges } from '../../../core/plan/field-changes.ts';

it('finds nothing between equal data, whatever the order of its members', () => {
  expect(fieldChanges({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toEqual([]);
});

it('tells each field that differs, is new or is gone, as small as it can', () => {
  const before = { ttlMs: 1, entity: 'a', label: { horizonMs: 1, where: null }, keys: ['a', 'b'] };
  const after = { ttlMs: null, label: { horizonMs: 2, where: null }, keys: ['a', 'c'], owner: 'x' };
  expect(fieldChanges(before, after)).toEqual([
    { path: 'ttlMs', before: 1, after: null },
    { path: 'entity', before: 'a', after: undefined },
    { path: 'label.horizonMs', before: 1, after: 2 },
    { path: 'keys.1', before: 'b', after: 'c' },
    { path: 'owner', before: undefined, after: 'x' },
  ]);
});

it('compares lists of named things by name, and says when their order differs', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, sql: '1' }));
  expect(fieldChanges([a, b], [a, c, { ...b, sql: '2' }])).toEqual([
    { path: 'b.sql', before: '1', after: '2' },
    { path: 'c', before: undefined, after: c },
  ]);
  expect(fieldChanges({ of: [a, b] }, { of: [b, a] })).toEqual([
    { path: 'of.(order)', before: ['a', 'b'], after: ['b', 'a'] },
  ]);
});

it('tells lists of other lengths, and things of another kind, as a whole', () => {
  expect(fieldChanges({ keys: ['a'] }, { keys: ['a', 'b'] })).toEqual([
    { path: 'keys', before: ['a'], after: ['a', 'b'] },
  ]);
  expect(fieldChanges({ stream: null }, { stream: { tileMs: 1 } })).toEqual([
    { path: 'stream', before: null, after: { tileMs: 1 } },
  ]);
});
