import { describe, expect, it } from 'vitest';
import { type CarriedType, carriedType, widerType } from '../../../core/training-set/carried-type.ts';

describe('the type of a carried value', () => {
  it.each([
    ['1', 'int64'],
    ['-0', 'int64'],
    [' 42 ', 'int64'],
    ['007', 'string'],
    ['9007199254740992', 'string'],
    ['1.0', 'float64'],
    ['.5', 'float64'],
    ['1e3', 'float64'],
    ['1e999', 'string'],
    ['NaN', 'float64'],
    ['.', 'string'],
    ['e5', 'string'],
    ['-', 'string'],
    ['True', 'boolean'],
    ['yes', 'string'],
    ['2026-01-01', 'string'],
    ['', 'string'],
  ])('of the text %j is %s', (text, type) => {
    expect(carriedType(text, true)).toBe(type);
  });

  it.each([
    ['1', 'string'],
    [1, 'float64'],
    [Number.NaN, null],
    [1n, 'int64'],
    [2n ** 53n, 'string'],
    [false, 'boolean'],
    [new Date(0), 'timestamp'],
    [null, null],
    [undefined, null],
    [[1], 'unknown'],
    [{}, 'unknown'],
    [new Uint8Array(1), 'unknown'],
  ])('of a value such as %s is %s', (value, type) => {
    expect(carriedType(value, false)).toBe(type);
  });
});

describe('the type of a column', () => {
  const of = (...types: readonly (CarriedType | null)[]) => types.reduce(widerType, null);

  it('is the narrowest that holds all of its values, in any order', () => {
    expect(of('int64', null, 'int64')).toBe('int64');
    expect(of('float64', 'int64')).toBe('float64');
    expect(of('int64', 'float64')).toBe('float64');
    expect(of('boolean', 'int64')).toBe('string');
    expect(of('timestamp', 'float64')).toBe('string');
    expect(of('string', 'int64')).toBe('string');
    expect(of('int64', 'unknown', 'string')).toBe('unknown');
  });

  it('is not known when nothing has a value', () => {
    expect(of(null, null)).toBeNull();
  });
});
