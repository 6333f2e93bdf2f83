import { isUtf8 } from 'node:buffer';
import { FileRejectedError } from '../../../core/ingestion/file-rejected-error.ts';

/** The replacement character: what bytes that are no UTF-8 become. */
const REPLACED = '\ufffd';

/** Bytes of a text file without its byte order mark. @throws FileRejectedError for UTF-16, archives and Parquet */
export function textBytes(bytes: Uint8Array, format: string): Uint8Array {
  const [first, second, third] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new FileRejectedError(`the file is UTF-16, a ${format} file has to be UTF-8; save it as UTF-8`, { format });
  }
  const signature = SIGNATURES.find(({ starts }) => starts.every((byte, i) => bytes[i] === byte));
  if (signature !== undefined) {
    throw new FileRejectedError(`the file is ${signature.what}, not ${format}; ${signature.fix}`, { format });
  }
  return first === 0xef && second === 0xbb && third === 0xbf ? bytes.subarray(3) : bytes;
}

const SIGNATURES = [
  { starts: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', fix: 'give format "parquet"' },
  { starts: [0x50, 0x4b, 0x03, 0x04], what: 'a ZIP archive or a spreadsheet', fix: 'extract it or export it as CSV' },
  { starts: [0x1f, 0x8b], what: 'compressed with gzip', fix: 'decompress it' },
] as const;

/** Tells whether a decoded text was damaged: in a file that is UTF-8 throughout none was. */
export function damageDetector(bytes: Uint8Array): (text: string) => boolean {
  if (isUtf8(bytes)) return () => false;
  return (text) => text.includes(REPLACED);
}
