import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Everything a bundle is made of; packages are pinned by the lock file. */
const SOURCE_FOLDERS = ['core', 'contracts', 'lambdas'] as const;
const SOURCE_FILES = ['package-lock.json', 'package.json'] as const;

/** Digest of all that can change a bundle: sources, pinned packages, and the options given. 64 hexadecimal digits. */
export function sourceDigest(rootDir: string, options: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const folder of SOURCE_FOLDERS) addFolder(hash, rootDir, join(rootDir, folder));
  for (const file of SOURCE_FILES) addFile(hash, rootDir, join(rootDir, file));
  return hash.digest('hex');
}

function addFolder(hash: Hash, rootDir: string, dir: string): void {
  const entries = readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.isDirectory()) addFolder(hash, rootDir, join(dir, entry.name));
    else addFile(hash, rootDir, join(dir, entry.name));
  }
}

function addFile(hash: Hash, rootDir: string, file: string): void {
  const content = readFileSync(file);
  hash.update(`\n${relative(rootDir, file)} ${content.length}\n`).update(content);
}
