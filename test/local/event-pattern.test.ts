import { describe, expect, it } from 'vitest';
import { checkPattern, matchesPattern } from '../../local/services/events/match-pattern.ts';

const event = {
  source: 'headgate.rollout',
  'detail-type': 'Promoted',
  resources: ['arn:a', 'arn:b'],
  detail: {
    model: 'Churn',
    share: 0.25,
    count: 5,
    note: null,
    empty: '',
    ip: '10.1.2.3',
    ip6: '2001:db8::1',
    path: 'dir/sub/file.csv',
    on: true,
    tags: ['a', 'b'],
    parts: [
      { name: 'x', size: 1 },
      { name: 'y', size: 2 },
    ],
    nested: { deep: { value: 'v' } },
  },
};
const detail = (pattern: object) => ({ detail: pattern });

describe('an event matches', () => {
  it.each<[string, object]>([
    ['one of several values', { source: ['other', 'headgate.rollout'] }],
    ['an element of an array', { resources: ['arn:b'] }],
    ['a number', detail({ count: [5] })],
    ['a boolean', detail({ on: [true] })],
    ['null', detail({ note: [null] })],
    ['an empty string', detail({ empty: [''] })],
    ['a prefix', detail({ model: [{ prefix: 'Ch' }] })],
    ['a prefix without case', detail({ model: [{ prefix: { 'equals-ignore-case': 'cH' } }] })],
    ['a suffix', detail({ path: [{ suffix: '.csv' }] })],
    ['a suffix without case', detail({ path: [{ suffix: { 'equals-ignore-case': '.CSV' } }] })],
    ['text without case', detail({ model: [{ 'equals-ignore-case': 'CHURN' }] })],
    ['a wildcard', detail({ path: [{ wildcard: 'dir/*/file.*' }] })],
    ['anything but a value', detail({ model: [{ 'anything-but': 'Other' }] })],
    ['anything but a list', detail({ count: [{ 'anything-but': [1, 2] }] })],
    ['anything but a prefix', detail({ model: [{ 'anything-but': { prefix: 'X' } }] })],
    ['anything but several prefixes', detail({ model: [{ 'anything-but': { prefix: ['X', 'Y'] } }] })],
    ['anything but a wildcard', detail({ path: [{ 'anything-but': { wildcard: '*/lib/*' } }] })],
    ['a number in a range', detail({ share: [{ numeric: ['>', 0, '<=', 0.25] }] })],
    ['a number by equality', detail({ count: [{ numeric: ['=', 5] }] })],
    ['presence', detail({ model: [{ exists: true }] })],
    ['absence', detail({ gone: [{ exists: false }] })],
    ['absence below an absent parent', detail({ gone: { inner: [{ exists: false }] } })],
    ['an IPv4 network', detail({ ip: [{ cidr: '10.1.0.0/16' }] })],
    ['an IPv6 network', detail({ ip6: [{ cidr: '2001:db8::/32' }] })],
    ['one branch of $or', detail({ $or: [{ count: [1] }, { model: ['Churn'] }] })],
    ['nested names', detail({ nested: { deep: { value: ['v'] } } })],
    ['one object of an array that meets all', detail({ parts: { name: ['y'], size: [2] } })],
    ['one of several operators', detail({ count: [{ numeric: ['<', 1] }, { numeric: ['>', 4] }] })],
  ])('%s', (_why, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(true);
  });
});

describe('an event does not match', () => {
  it.each<[string, object]>([
    ['another value', { source: ['other'] }],
    ['a number as text', detail({ count: ['5'] })],
    ['text as a number', detail({ model: [5] })],
    ['null for an empty string', detail({ empty: [null] })],
    ['presence of what is absent', detail({ gone: [{ exists: true }] })],
    ['presence of what is no leaf', detail({ nested: [{ exists: true }] })],
    ['absence of what is there', detail({ model: [{ exists: false }] })],
    ['any value where one is absent', detail({ gone: [{ 'anything-but': 'x' }] })],
    ['anything but itself', detail({ model: [{ 'anything-but': ['Churn'] }] })],
    ['a wildcard from the middle', detail({ path: [{ wildcard: 'sub/*' }] })],
    ['a number out of range', detail({ share: [{ numeric: ['>', 0.25] }] })],
    ['another network', detail({ ip: [{ cidr: '10.2.0.0/16' }] })],
    ['an array whose objects meet it only together', detail({ parts: { name: ['x'], size: [2] } })],
    ['a branch of $or that fails beside it', detail({ on: [false], $or: [{ count: [5] }] })],
  ])('%s', (_why, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(false);
  });
});

it.each<[string, unknown]>([
  ['an unknown operator', { detail: { a: [{ contains: 'x' }] } }],
  ['a value that is no list', { source: 'x' }],
  ['nothing', {}],
])('a pattern with %s is refused', (_why, pattern) => {
  expect(() => checkPattern(pattern)).toThrow();
});
