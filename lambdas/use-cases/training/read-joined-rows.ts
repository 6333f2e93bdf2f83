import type { Entity } from '../../../core/definitions/entity.ts';
import { featureColumn } from '../../../core/definitions/feature-column.ts';
import type { FeatureRef } from '../../../core/definitions/feature-view.ts';
import type { Value } from '../../../core/definitions/value-type.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { ParquetBatch } from '../../ports/parquet-files.ts';
import { columnOf, plainValue } from '../tables/column-values.ts';
import { type RowsBelowDeps, rowsBelow } from '../tables/rows-below.ts';

/** The joined rows in order of `label_id`, column by column. */
export interface JoinedRows {
  readonly rows: number;
  /** Join key values of each row, in the entity's order. */
  readonly keys: readonly (readonly Value[])[];
  readonly timesMs: Float64Array;
  /** NaN for a label that has not matured. */
  readonly labels: Float64Array;
  /** Values of each feature, in the order asked for, then those of the columns beside them. */
  readonly features: readonly (readonly Value[])[];
}

/**
 * Reads what the join wrote, in whatever order and number of files it did. Every row knows its place by its id, which
 * are 1 to the number of rows.
 *
 * Memory: all of it; a training set is trained on one machine.
 *
 * @throws CorruptDataError when an id is absent or occurs twice
 */
export async function readJoinedRows(
  deps: RowsBelowDeps,
  prefix: string,
  entity: Entity,
  features: readonly FeatureRef[],
  beside: readonly string[] = [],
): Promise<JoinedRows> {
  const parts: ParquetBatch[] = [];
  for await (const batch of rowsBelow(deps, prefix)) parts.push(batch);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const placed = placesOf(parts, rows, prefix);
  const gather = <T extends { [row: number]: unknown }>(
    name: string,
    into: T,
    read: (value: unknown) => T[number],
  ): T => {
    parts.forEach((part, p) => {
      const values = columnOf(part, name, `a file below ${prefix}`);
      placed[p]!.forEach((place, row) => {
        into[place as number] = read(values[row]);
      });
    });
    return into;
  };
  const values = (name: string) => gather(name, new Array<Value>(rows).fill(null), plainValue);
  const keyColumns = entity.joinKeys.map(({ name }) => values(name));
  return {
    rows,
    keys: Array.from({ length: rows }, (_, row) => keyColumns.map((column) => column[row]!)),
    timesMs: gather('label_time_ms', new Float64Array(rows), Number),
    labels: gather('label', new Float64Array(rows), (value) => (value === null ? Number.NaN : Number(value))),
    features: [...features.map(featureColumn), ...beside].map(values),
  };
}

function placesOf(parts: readonly ParquetBatch[], rows: number, prefix: string): readonly number[][] {
  const seen = new Uint8Array(rows);
  return parts.map((part) =>
    columnOf(part, 'label_id', `a file below ${prefix}`).map((id) => {
      const place = Number(id) - 1;
      if (!(place >= 0 && place < rows) || seen[place] === 1) {
        throw new CorruptDataError(`label ${String(id)} of ${rows} is out of range or occurs twice below ${prefix}`, {
          prefix,
          rows,
        });
      }
      seen[place] = 1;
      return place;
    }),
  );
}
