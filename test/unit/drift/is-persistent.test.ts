import { describe, expect, it } from 'vitest';
import { isPersistent } from '../../../core/drift/is-persistent.ts';

const scans = (letters: string) =>
  [...letters].map((letter) => ({
    outcome:
      letter === 'd' ? ('drifting' as const) : letter === 's' ? ('stable' as const) : ('not-computable' as const),
  }));

describe('drift that persists', () => {
  it.each([
    ['d', false],
    ['dd', true],
    ['dsd', true],
    ['dssd', false],
    ['sdd', false], // the newest scan is what counts
    ['dnnnd', true], // scans that judged nothing take no place
    ['ndd', false],
    ['', false],
  ])('is 2 of the last 3 scans: %s', (letters, expected) => {
    expect(isPersistent(scans(letters), { scans: 2, of: 3 })).toBe(expected);
  });

  it('may be one scan', () => {
    expect(isPersistent(scans('ds'), { scans: 1, of: 1 })).toBe(true);
  });
});
