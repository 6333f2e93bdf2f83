import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { plural } from '../terminal/plain-words.ts';
import type { VerbContext } from './verb-context.ts';

export interface DownloadedPart {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Downloads Parquet files: into one file when its name ends in .parquet, else into a folder.
 *
 * @param again the command that downloads them into the folder `DIR`
 * @throws CliError when several files are to become one
 */
export async function downloadParts(
  { api, terminal }: VerbContext,
  parts: readonly DownloadedPart[],
  out: string,
  again: string,
): Promise<readonly string[]> {
  const isFile = out.endsWith('.parquet') && !(await isFolder(out));
  if (isFile && parts.length > 1) {
    throw new CliError(`there are ${parts.length} files, and ${out} is one`, `name a folder: ${again}`, {
      files: parts.length,
    });
  }
  await mkdir(isFile ? dirname(out) : out, { recursive: true });
  const files: string[] = [];
  for (const { name, url, sha256, sizeBytes } of parts) {
    const file = isFile ? out : join(out, basename(name)); // nothing is written outside the folder
    terminal.progress(`downloading ${name} (${plural(sizeBytes, 'byte')})`);
    await api.download(url, sha256, file);
    files.push(file);
  }
  terminal.progressEnd();
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
