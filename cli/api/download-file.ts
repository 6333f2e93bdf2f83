import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../cli-error.ts';

/** GETs a URL into a file beside its final name first, so that the name never holds a part or other bytes. */
export async function downloadFile(url: URL, sha256: string, file: string, timeoutMs: number): Promise<void> {
  const part = `${file}.part`;
  const hash = createHash('sha256');
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const hashing = async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        hash.update(piece);
        yield piece;
      }
    };
    await pipeline(Readable.fromWeb(response.body), hashing, createWriteStream(part));
    if (hash.digest('hex') !== sha256) throw new Error('other bytes than were announced');
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      `${file} could not be downloaded from ${url.host}: ${reason}`,
      'run the command again',
      {},
      error,
    );
  }
}
