import type { RowGroup } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/** More than a file that is taken can hold. */
const MAX_PAGE_BYTES = 2 ** 30;

/**
 * Reads the headers of the pages of a row group, and nothing else of them. The reader of pages trusts them: one that is
 * damaged would have it read for ever, or fill all memory.
 *
 * @param names columns at the top of the schema
 * @throws Error saying what is wrong where
 */
export function assertPages(bytes: Uint8Array, { columns, num_rows: rows }: RowGroup, names: readonly string[]): void {
  for (const { meta_data: chunk } of columns) {
    const [name = ''] = chunk?.path_in_schema ?? [];
    if (chunk === undefined || !names.includes(name)) continue;
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const sizeBytes = Number(chunk.total_compressed_size);
    const isInside = isCount(start, bytes.byteLength) && isCount(sizeBytes, bytes.byteLength - start);
    if (!isInside) throw new Error(`column ${name} lies outside of the file`);
    // a list has as many values as members
    if (chunk.num_values < rows) throw new Error(`column ${name} has ${chunk.num_values} values for ${rows} rows`);
    assertChunk(new DataView(bytes.buffer, bytes.byteOffset + start, sizeBytes), name);
  }
}

function assertChunk(view: DataView<ArrayBufferLike>, name: string): void {
  const reader = { view: view as DataView<ArrayBuffer>, offset: 0 }; // only read from
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader);
    const { compressed_page_size: sizeBytes, uncompressed_page_size: plainBytes } = header;
    const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header;
    const counts = [v1?.num_values ?? 0, dictionary?.num_values ?? 0];
    if (v2 !== undefined) {
      counts.push(v2.num_values, v2.num_rows, v2.num_values - v2.num_nulls);
      counts.push(v2.definition_levels_byte_length, v2.repetition_levels_byte_length);
      counts.push(sizeBytes - v2.definition_levels_byte_length - v2.repetition_levels_byte_length);
    }
    const isSound =
      isCount(sizeBytes, view.byteLength - reader.offset) &&
      isCount(plainBytes, MAX_PAGE_BYTES) &&
      counts.every((count) => isCount(count, MAX_PAGE_BYTES));
    if (!isSound) throw new Error(`a page of column ${name} is damaged`);
    reader.offset += sizeBytes;
  }
}

function isCount(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}
