import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packFolder, unpackArchive } from '../../local/services/sagemaker/model-archive.ts';

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-archive-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a model archive', () => {
  it('gives its files back, in folders too, and forgets when they were written', async () => {
    mkdirSync(file('model/code'), { recursive: true });
    writeFileSync(file('model/xgboost-model'), 'trees');
    writeFileSync(file('model/code/inference.py'), 'x'.repeat(100_000));
    await packFolder(file('model'), file('first.tar.gz'));
    utimesSync(file('model/xgboost-model'), 1, 1);
    await packFolder(file('model'), file('second.tar.gz'));
    expect(readFileSync(file('second.tar.gz')).equals(readFileSync(file('first.tar.gz')))).toBe(true);

    mkdirSync(file('unpacked'));
    writeFileSync(file('unpacked/left-over'), 'from an earlier run');
    await unpackArchive(file('first.tar.gz'), file('unpacked'));
    expect(readFileSync(file('unpacked/xgboost-model'), 'utf8')).toBe('trees');
    expect(readFileSync(file('unpacked/code/inference.py'), 'utf8')).toHaveLength(100_000);
    expect(() => readFileSync(file('unpacked/left-over'))).toThrow();
  });

  it.each([
    ['a name that climbs out', { name: 'a/../../b', size: 1 }, 'x', /lies outside the model folder/],
    ['an absolute name', { name: '/etc/passwd', size: 1 }, 'x', /lies outside the model folder/],
    ['a symbolic link', { name: 'l', size: 0, type: 'symlink', linkname: '/etc/passwd' }, undefined, /a symlink/],
    ['a hard link', { name: 'l', size: 0, type: 'link', linkname: '../secret' }, undefined, /a link/],
  ] as const)('with %s is refused', async (_, header, body, message) => {
    const tar = await packTar([body === undefined ? { header } : { header, body }]);
    writeFileSync(file('bad.tar.gz'), gzipSync(Buffer.from(tar)));
    await expect(unpackArchive(file('bad.tar.gz'), file('out'))).rejects.toThrow(message);
  });

  it.each<[string, (whole: Buffer) => Buffer]>([
    ['cut in its gzip', (whole) => whole.subarray(0, 30)],
    ['cut in its tar', (whole) => gzipSync(gunzipSync(whole).subarray(0, 600))],
    ['no gzip at all', () => Buffer.from('hello')],
    ['empty', () => Buffer.alloc(0)],
    ['a gzip of something else', () => gzipSync(Buffer.alloc(4096, 7))],
  ])('that is %s is refused', async (_, spoil) => {
    const whole = gzipSync(
      Buffer.from(await packTar([{ header: { name: 'm', size: 5000 }, body: Buffer.alloc(5000, 1) }])),
    );
    writeFileSync(file('bad.tar.gz'), spoil(whole));
    await expect(unpackArchive(file('bad.tar.gz'), file('out'))).rejects.toThrow(/not a whole \.tar\.gz/);
  });
});
