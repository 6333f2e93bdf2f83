import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

export const ROOT = new URL('../../', import.meta.url).pathname;

/** Every file that git tracks, or would, below the folders, relative to the root. */
export function filesBelow(folders: readonly string[], ending: string): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...folders], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return [...new Set(listed.split('\n'))].filter((file) => file.endsWith(ending) && !file.endsWith('.d.ts')).sort();
}

export function textOf(file: string): string {
  return readFileSync(`${ROOT}${file}`, 'utf8');
}

/** What a file imports: paths of ours from the root, packages by name. */
export function importsOf(file: string): string[] {
  const specifiers = textOf(file).matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*'([^']+)'/gm);
  return [...specifiers].map(([, specifier = '']) =>
    specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), specifier)) : specifier,
  );
}
