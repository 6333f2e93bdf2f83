import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { createTarDecoder, createTarPacker } from 'modern-tar';

/** An archive that is broken or must not be unpacked; the message says why. */
export class ModelArchiveError extends Error {
  constructor(problem: string) {
    super(`the model archive ${problem}`);
    this.name = 'ModelArchiveError';
  }
}

const EPOCH = new Date(0);

/**
 * Writes a folder as `.tar.gz`. The same files give the same bytes: names are sorted, times are 0 and nobody owns
 * anything, so an archive can be known by its digest. Memory does not grow with the files.
 */
export async function packFolder(folder: string, archive: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const { readable, controller } = createTarPacker();
  const written = pipeline(Readable.fromWeb(readable), createGzip(), createWriteStream(archive));
  const packed = (async () => {
    for (const file of files) {
      const name = relative(folder, file).split(sep).join('/');
      const body = controller.add({ name, size: statSync(file).size, mtime: EPOCH, mode: 0o644, uid: 0, gid: 0 });
      await Readable.toWeb(createReadStream(file)).pipeTo(body);
    }
    controller.finalize();
  })();
  await Promise.all([written, packed]);
}

/**
 * Unpacks a `.tar.gz` into a folder, which is emptied first. Only plain files and folders inside the folder are
 * accepted.
 *
 * @throws ModelArchiveError for absolute names, names with `..`, links and devices, and for an archive that is cut short
 */
export async function unpackArchive(archive: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const decoder = createTarDecoder({ strict: true });
  const fed = pipeline(createReadStream(archive), createGunzip(), async (source: AsyncIterable<Buffer>) => {
    await Readable.toWeb(Readable.from(source)).pipeTo(decoder.writable);
  });
  const unpacked = (async () => {
    for await (const { header, body } of decoder.readable) {
      const type = header.type ?? 'file';
      const segments = header.name.split('/').filter((segment) => segment !== '' && segment !== '.');
      if (header.name.startsWith('/') || /^[A-Za-z]:/.test(header.name) || segments.includes('..')) {
        throw new ModelArchiveError(`holds "${header.name}", which lies outside the model folder`);
      }
      if (type === 'directory') {
        mkdirSync(join(folder, ...segments), { recursive: true });
        await body.cancel();
        continue;
      }
      if (type !== 'file')
        throw new ModelArchiveError(`holds "${header.name}", a ${type}; only files and folders are allowed`);
      mkdirSync(join(folder, ...segments.slice(0, -1)), { recursive: true });
      const file = join(folder, ...segments);
      await pipeline(Readable.fromWeb(body), createWriteStream(file));
      if (statSync(file).size !== header.size) throw new ModelArchiveError(`ends within "${header.name}"`);
    }
  })();
  const failures = (await Promise.allSettled([unpacked, fed])).flatMap((result) =>
    result.status === 'rejected' ? [result.reason as Error & { code?: string }] : [],
  );
  const unsafe = failures.find((failure) => failure instanceof ModelArchiveError);
  if (unsafe !== undefined) throw unsafe;
  if (failures.length === 0) return;
  const reasons = failures.map(({ code, message }) => [code, message].filter(Boolean).join(' ')).filter(Boolean);
  throw new ModelArchiveError(`is not a whole .tar.gz: ${[...new Set(reasons)].join('; ')}`);
}
