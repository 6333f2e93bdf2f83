import { gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { tarModelArchive } from '../../../lambdas/adapters/files/tar-model-archive.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const tarOf = async (...entries: TarEntry[]) => gzipSync(await packTar(entries));
const file = (name: string, text = 'x'): TarEntry => ({ header: { name, size: text.length }, body: bytes(text) });

describe('a model archive', () => {
  it('gives back what was packed, and the same bytes for the same files', async () => {
    const files = { 'xgboost-model': bytes('trees'), 'code/inference.py': bytes('pass') };
    const packed = await tarModelArchive.pack(files);
    expect(await tarModelArchive.pack(files)).toEqual(packed);
    expect(Object.fromEntries(await tarModelArchive.unpack(packed))).toEqual(files);
  });

  it('leaves folders and a leading "./" out', async () => {
    const packed = await tarOf({ header: { name: './', size: 0, type: 'directory' } }, file('./xgboost-model'));
    expect([...(await tarModelArchive.unpack(packed)).keys()]).toEqual(['xgboost-model']);
  });

  it.each<[string, TarEntry[], RegExp]>([
    ['a name that leads out', [file('a/../../model')], /outside the model folder/],
    ['an absolute name', [file('/etc/passwd')], /outside the model folder/],
    ['a name of Windows', [file('c:\\model')], /outside the model folder/],
    ['a link', [{ header: { name: 'm', size: 0, type: 'symlink', linkname: '/etc/passwd' } }], /a symlink; only files/],
    ['a hard link', [{ header: { name: 'm', size: 0, type: 'link', linkname: 'x' } }], /a link; only files/],
    ['a name twice', [file('m', 'one'), file('./m', 'two')], /holds "m" twice/],
  ])('with %s is refused', async (_what, entries, reason) => {
    await expect(tarModelArchive.unpack(await tarOf(...entries))).rejects.toThrow(reason);
  });

  it('that is cut short, or no archive at all, is refused', async () => {
    const packed = await tarModelArchive.pack({ 'xgboost-model': bytes('trees'.repeat(1000)) });
    for (const broken of [packed.slice(0, -20), bytes('no gzip'), gzipSync(bytes('no tar'.repeat(200)))]) {
      await expect(tarModelArchive.unpack(broken)).rejects.toMatchObject({ kind: 'corrupt-data' });
    }
  });
});
