import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { createTarDecoder, createTarPacker } from 'modern-tar';

/** An archive that must not be unpacked: `problem` says why. */
export class UnsafeArchiveError extends Error {
  constructor(problem: string) {
    super(`the model archive ${problem}`);
    this.name = 'UnsafeArchiveError';
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
 * @throws UnsafeArchiveError for absolute names, names with `..`, links and devices
 */
export async function unpackArchive(archive: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const decoder = createTarDecoder();
  const fed = pipeline(createReadStream(archive), createGunzip(), async (source: AsyncIterable<Buffer>) => {
    await Readable.toWeb(Readable.from(source)).pipeTo(decoder.writable);
  });
  // a broken gzip stream fails `fed`; the loop then ends with the same error
  const unpacked = (async () => {
    for await (const { header, body } of decoder.readable) {
      const type = header.type ?? 'file';
      const segments = header.name.split('/').filter((segment) => segment !== '' && segment !== '.');
      if (header.name.startsWith('/') || /^[A-Za-z]:/.test(header.name) || segments.includes('..')) {
        throw new UnsafeArchiveError(`holds "${header.name}", which lies outside the model folder`);
      }
      if (type === 'directory') {
        mkdirSync(join(folder, ...segments), { recursive: true });
        await body.cancel();
        continue;
      }
      if (type !== 'file')
        throw new UnsafeArchiveError(`holds "${header.name}", a ${type}; only files and folders are allowed`);
      mkdirSync(join(folder, ...segments.slice(0, -1)), { recursive: true });
      await pipeline(Readable.fromWeb(body), createWriteStream(join(folder, ...segments)));
    }
  })();
  const [fedResult, unpackedResult] = await Promise.allSettled([fed, unpacked]);
  for (const result of [unpackedResult, fedResult]) if (result.status === 'rejected') throw result.reason;
}
