import type { Value } from '../../../core/definitions/value-type.ts';
import { BugError } from '../../../core/errors.ts';
import type { ParquetBatch } from '../../ports/parquet-files.ts';

/** A column of an export, whose statement names it. */
export function exportedColumn(batch: ParquetBatch, view: string, name: string): readonly unknown[] {
  const values = batch.columns[name];
  if (values === undefined) throw new BugError(`the export of view ${view} has no column ${name}`);
  return values;
}

/** A value as the platform holds it: the files spell whole numbers as bigints. */
export function plain(value: unknown): Value {
  return typeof value === 'bigint' ? Number(value) : (value as Value); // exports have columns of these types alone
}
