import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileToKeyPart, folderToKeyPart, keyToPath } from '../../local/services/s3/key-path.ts';

const piece = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '␛',
    '␛f',
    '␛-',
    '␛_',
    '\0',
    'a',
    'dt=2026-01-01',
    '%2F',
    'ä'.repeat(200),
    '😀'.repeat(100),
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);
const key = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('/'));

test('every key has a path of safe file names that says the key', () => {
  fc.assert(
    fc.property(key, (text) => {
      const names = keyToPath(text).split('/');
      const folders = names.slice(0, -1).map(folderToKeyPart);
      expect(folders.join('') + fileToKeyPart(names.at(-1)!)).toBe(text);
      for (const name of names) {
        expect(['', '.', '..']).not.toContain(name);
        expect(name).not.toContain('\0');
        expect(Buffer.byteLength(`${name}␛f`)).toBeLessThanOrEqual(255);
      }
    }),
    { seed: 20260101, numRuns: 500 },
  );
});

test('two keys never share a path, and an ordinary one is its own path', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      if (a !== b) expect(keyToPath(a)).not.toBe(keyToPath(b));
    }),
    { seed: 20260101, numRuns: 500 },
  );
  expect(keyToPath('source/orders/loaded_day=2026-01-01/part 1.parquet')).toBe(
    'source/orders/loaded_day=2026-01-01/part 1.parquet',
  );
});
