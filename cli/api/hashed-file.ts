import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../cli-error.ts';

export interface HashedFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Reads a file once, a piece at a time. @throws CliError when it is empty or cannot be read */
export async function hashedFile(file: string): Promise<HashedFile> {
  const sizeBytes = await sizeOf(file);
  if (sizeBytes === 0) throw new CliError(`${file} is empty`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function sizeOf(file: string): Promise<number> {
  try {
    const facts = await stat(file);
    if (facts.isFile()) return facts.size;
  } catch (error) {
    throw new CliError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'check the path',
      {},
      error,
    );
  }
  throw new CliError(`${file} is not a file`, 'check the path');
}
