import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesBelow, ROOT, textOf } from './source-files.ts';

const decisions = filesBelow(['docs/adr'], '.md').filter((file) => !file.endsWith('README.md'));
const index = textOf('docs/adr/README.md');

describe.each(decisions)('%s', (file) => {
  const text = textOf(file);
  it('is accepted or superseded, and listed', () => {
    expect(text).toMatch(/^Status: (accepted|superseded)$/m);
    expect(index).toContain(`(${file.split('/').at(-1)})`);
  });
  it('names the test that enforces it', () => {
    const enforcing = /^Enforced by: `([^`]+)`$/m.exec(text)?.[1] ?? '';
    expect(enforcing).toMatch(/\.ts$/);
    expect(existsSync(`${ROOT}${enforcing}`), enforcing).toBe(true);
  });
});

it('links only to files that are there', () => {
  const pages = filesBelow(['README.md', 'CONTRIBUTING.md', 'docs', 'local', 'state-machines'], '.md');
  const broken = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => new URL(target, `file://${ROOT}${page}`).pathname)
      .filter((target) => !existsSync(target))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});
