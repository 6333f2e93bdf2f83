import { gunzipSync, gzipSync } from 'node:zlib';
import { type ParsedTarEntryWithData, packTar, unpackTar } from 'modern-tar';
import { CorruptDataError } from '../../../core/errors.ts';
import type { ModelArchive } from '../../ports/model-archive.ts';

const MAX_UNPACKED_BYTES = 2 * 1024 ** 3 - 1;

export const tarModelArchive: ModelArchive = {
  async pack(files) {
    const entries = Object.entries(files).map(([name, body]) => ({
      header: { name, size: body.byteLength, mode: 0o644, mtime: new Date(0) },
      body,
    }));
    return gzipSync(await packTar(entries));
  },
  async unpack(archive) {
    const files = new Map<string, Uint8Array>();
    for (const { header, data } of await entriesOf(archive)) {
      const name = safeName(header.name);
      const type = header.type ?? 'file';
      if (type === 'directory') continue;
      if (type !== 'file') throw refused(`holds "${header.name}", a ${type}; only files and folders are allowed`);
      if (files.has(name)) throw refused(`holds "${name}" twice`);
      const body = data ?? new Uint8Array();
      if (body.byteLength !== header.size) throw refused(`ends within "${name}"`);
      files.set(name, body);
    }
    return files;
  },
};

async function entriesOf(archive: Uint8Array): Promise<readonly ParsedTarEntryWithData[]> {
  try {
    return await unpackTar(gunzipSync(archive, { maxOutputLength: MAX_UNPACKED_BYTES }), { strict: true });
  } catch (error) {
    throw refused(`is not a whole .tar.gz: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Without `./` in front, as tar likes to write it. */
function safeName(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (/^([/\\]|[A-Za-z]:)/.test(name) || parts.includes('..') || name.includes('\\')) {
    throw refused(`holds "${name}", which lies outside the model folder`);
  }
  return parts.join('/');
}

function refused(problem: string, cause?: unknown): CorruptDataError {
  return new CorruptDataError(`the model archive ${problem}`, {}, cause);
}
