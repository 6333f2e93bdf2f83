import type { Value } from '../../../core/definitions/value-type.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { ParquetBatch } from '../../ports/parquet-files.ts';

/**
 * The values of a column that the file is written with.
 *
 * @param of what the batch is from, for the message
 * @throws CorruptDataError when the column is not there
 */
export function columnOf(batch: ParquetBatch, name: string, of: string): readonly unknown[] {
  const values = batch.columns[name];
  if (values === undefined) throw new CorruptDataError(`${of} lacks the column ${name}`, { column: name });
  return values;
}

/**
 * A value of a file that the platform wrote, as it holds values itself: such files spell whole numbers as bigints.
 *
 * @param value undefined, of a column that came later than the file, is null
 */
export function plainValue(value: unknown): Value {
  return typeof value === 'bigint' ? Number(value) : ((value ?? null) as Value); // other types are never written
}
