/**
 * Where an object lies on disk. An ordinary key lies at its plain path, so that DuckDB and a training process read
 * `s3://bucket/a/b.parquet` as `<bucket folder>/a/b.parquet`. What a file system can not hold is written with the
 * escape character U+241B:
 *
 * - an empty segment, `.`, `..`, NUL and the escape character itself are escaped, so no key leaves its bucket;
 * - a segment longer than a file name may be is cut into nested folders whose names end with ESC `-`;
 * - an object whose path is also a folder (`fd` beside `fd/x`) lies in a file whose name ends with ESC `f`.
 *
 * The mapping can be read backwards, which is how a listing finds keys. On a file system that ignores case, keys
 * that differ only in case collide: that is a limit of such a disk.
 */

const ESC = '␛';
/** Suffix of a file whose plain name is taken by a folder. */
export const BESIDE_FOLDER = `${ESC}f`;
/** Suffix of a folder that holds the rest of an over-long segment. */
const CONTINUES = `${ESC}-`;
/** Room for the suffixes below the 255 bytes that file systems allow. */
const MAX_NAME_BYTES = 240;

/** Path of a key inside its bucket folder, before {@link BESIDE_FOLDER} is considered. */
export function keyToPath(key: string): string {
  return key.split('/').map(encodeSegment).join('/');
}

function encodeSegment(segment: string): string {
  if (segment === '') return `${ESC}_`;
  if (segment === '.' || segment === '..') return `${ESC}${segment}`;
  const safe = segment.replaceAll(ESC, `${ESC}e`).replaceAll('\0', `${ESC}0`);
  if (Buffer.byteLength(safe) <= MAX_NAME_BYTES) return safe;
  return cut(safe).join(`${CONTINUES}/`);
}

/** Pieces of at most {@link MAX_NAME_BYTES}, never inside a character or an escape pair. */
function cut(name: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const unit of name.match(/␛.|[^␛]/gsu) ?? []) {
    if (Buffer.byteLength(piece) + Buffer.byteLength(unit) > MAX_NAME_BYTES) {
      pieces.push(piece);
      piece = '';
    }
    piece += unit;
  }
  return [...pieces, piece];
}

/** The part of a key that a folder stands for, its trailing `/` included. */
export function folderToKeyPart(name: string): string {
  return name.endsWith(CONTINUES) ? decodeSegment(name.slice(0, -CONTINUES.length)) : `${decodeSegment(name)}/`;
}

/** The last part of a key that a file stands for. */
export function fileToKeyPart(name: string): string {
  return decodeSegment(name.endsWith(BESIDE_FOLDER) ? name.slice(0, -BESIDE_FOLDER.length) : name);
}

function decodeSegment(name: string): string {
  if (name === `${ESC}_`) return '';
  if (name === `${ESC}.` || name === `${ESC}..`) return name.slice(ESC.length);
  return name.replaceAll(`${ESC}0`, '\0').replaceAll(`${ESC}e`, ESC);
}
