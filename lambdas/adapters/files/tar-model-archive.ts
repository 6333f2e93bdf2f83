import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { ModelArchive } from '../../ports/model-archive.ts';

export const tarModelArchive: ModelArchive = {
  async pack(files) {
    const entries = Object.entries(files).map(([name, body]) => ({
      header: { name, size: body.byteLength, mode: 0o644, mtime: new Date(0) },
      body,
    }));
    return gzipSync(await packTar(entries));
  },
};
