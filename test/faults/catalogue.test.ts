import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const LAST = 84;
/** Of the stack; the page says where it is. */
const ELSEWHERE: ReadonlySet<number> = new Set([83]);

const text = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const rows = [...text.matchAll(/^\| (\d+) \|.*\| (.*) \|$/gm)].map(([, number, tests]) => ({
  number: Number(number),
  tests: tests!.split(' · ').map((one) => ({
    file: /^`([^`]+)`/.exec(one)?.[1] ?? one,
    titles: [...one.matchAll(/"([^"]+)"/g)].map(([, title]) => title!),
  })),
}));

it('has every fault once, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(
    Array.from({ length: LAST }, (_, i) => i + 1).filter((number) => !ELSEWHERE.has(number)),
  );
});

it.each(rows.flatMap(({ number, tests }) => tests.map((one) => [number, one.file, one.titles] as const)))(
  'fault %i is shown by %s',
  (_, file, titles) => {
    const path = new URL(`../../${file}`, import.meta.url);
    expect(existsSync(path), file).toBe(true);
    expect(titles.length).toBeGreaterThan(0);
    const tests = readFileSync(path, 'utf8');
    expect(titles.filter((title) => !tests.includes(title))).toEqual([]);
  },
);
