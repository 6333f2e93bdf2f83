import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Region } from '../../service.ts';
import { fileToKeyPart, folderToKeyPart, keyToPath } from './key-path.ts';
import { bucketFolder, headObject, objectPath, requireBucket } from './object-files.ts';
import type { ObjectRecord } from './records.ts';

export interface ListRequest {
  readonly prefix?: string;
  /** Keys that share the text up to the next delimiter after the prefix are folded into one common prefix. */
  readonly delimiter?: string;
  /** Only keys after this one. */
  readonly startAfter?: string;
  /** Only what comes after this key or common prefix: the last one of the page before. */
  readonly resumeAfter?: string;
  readonly maxKeys?: number;
}

export interface ListedObject {
  readonly key: string;
  readonly record: ObjectRecord;
}

export interface Listing {
  readonly objects: readonly ListedObject[];
  readonly commonPrefixes: readonly string[];
  /** Last key or common prefix of this page, when there is more. */
  readonly next?: string;
}

/** One page of a bucket in UTF-8 byte order. Cost: one walk of the folders that can hold the prefix, per page. */
export function listPage(region: Region, bucket: string, request: ListRequest): Listing {
  requireBucket(region, bucket);
  const { prefix = '', delimiter = '', startAfter, resumeAfter, maxKeys = 1000 } = request;
  const names = new Set<string>();
  for (const found of foundNames(bucketFolder(region, bucket), request)) {
    if (!found.startsWith(prefix) || (startAfter !== undefined && compareKeys(found, startAfter) <= 0)) continue;
    const cut = delimiter === '' ? -1 : found.indexOf(delimiter, prefix.length);
    const name = cut === -1 ? found : found.slice(0, cut + delimiter.length);
    if (resumeAfter === undefined || compareKeys(name, resumeAfter) > 0) names.add(name);
  }
  const isFolded = (name: string) => delimiter !== '' && name.indexOf(delimiter, prefix.length) !== -1;
  const sorted = [...names].sort(compareKeys);
  const page = sorted.slice(0, maxKeys);
  const objects = page.flatMap((key) => {
    const record = isFolded(key) ? undefined : headObject(region, bucket, key);
    return record === undefined ? [] : [{ key, record }];
  });
  const commonPrefixes = page.filter(isFolded);
  const last = page.at(-1);
  return sorted.length > page.length && last !== undefined
    ? { objects, commonPrefixes, next: last }
    : { objects, commonPrefixes };
}

/** Every object under a prefix, for stand-ins that read a whole folder. */
export function listObjects(region: Region, bucket: string, prefix = ''): readonly ListedObject[] {
  return listPage(region, bucket, { prefix, maxKeys: Number.POSITIVE_INFINITY }).objects;
}

export interface ListedFile {
  readonly key: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** The files under a prefix in key order, without reading what the store keeps of them: for readers of many files. */
export function listFiles(region: Region, bucket: string, prefix: string): readonly ListedFile[] {
  requireBucket(region, bucket);
  return [...foundNames(bucketFolder(region, bucket), { prefix })]
    .filter((key) => key.startsWith(prefix))
    .sort(compareKeys)
    .map((key) => {
      const path = objectPath(region, bucket, key);
      return { key, path, sizeBytes: statSync(path).size };
    });
}

/** Order of UTF-8 bytes, which differs from JavaScript's order above U+FFFF. */
function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const isPlain = !/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b);
  if (isPlain) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Keys that can be on the page, plus `folder/` for folders that a `/` delimiter folds anyway. */
function* foundNames(root: string, request: ListRequest): Generator<string> {
  const { prefix = '', delimiter, startAfter = '' } = request;
  const cut = prefix.lastIndexOf('/') + 1;
  const above = prefix.slice(0, cut);
  const encoded = cut === 0 ? '' : keyToPath(above.slice(0, -1));
  yield* walk(join(root, encoded), above);

  function* walk(folder: string, keyPart: string): Generator<string> {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) {
        yield keyPart + fileToKeyPart(entry.name);
        continue;
      }
      const below = keyPart + folderToKeyPart(entry.name);
      if (!below.startsWith(prefix) && !prefix.startsWith(below)) continue;
      const isFoldedWhole = delimiter === '/' && below.endsWith('/') && below.length > prefix.length;
      if (isFoldedWhole && !startAfter.startsWith(below)) {
        if (holdsAnything(path)) yield below;
      } else yield* walk(path, below);
    }
  }
}

function holdsAnything(folder: string): boolean {
  return entriesOf(folder).some((entry) => !entry.isDirectory() || holdsAnything(join(folder, entry.name)));
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // no object has this prefix
  }
}
